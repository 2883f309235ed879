// Which 429s have nothing to do with the rate: a share of the responses that is the same at every rate (a rule of a
// gateway, a lock on some customers, one node of many that is ill).
//
// Place: layer 1, pure. Part of AdaptiveRate, under its mutex. 200 bytes; a response costs a few additions, and a
// logarithm during a proof.
//
//   watching  A limit refuses nothing at rates well below the last push-back. Refusals there are counted apart: when
//             several are spread evenly over the responses there, and the rate has fallen by a fifth, lowering it does
//             not help, and the share is put to the proof.
//   holding   The rate is held until the share is measured. When nothing is refused any more, that was a limit.
//   growing   The rate is doubled. Had the responses been limited, no more than before would be accepted; when the share
//             does not change, they were not. Which of the two it is decides the likelihood of what is refused.
//
// A proof that fails lowers the rate as ever, and the next one needs twice the evidence. A share that is proven explains
// its refusals from then on; what comes on top of it is a push-back still.
#pragma once

namespace amend {

class ConstantShare {
 public:
  /// A larger share is a limit, or an outage.
  static constexpr double share_max = 0.7;

  enum class Step {
    nothing,
    push_back,  ///< the rate is too high
    hold,       ///< keep the rate as it is
    grow,       ///< double it
    proven,     ///< a share does not depend on the rate
  };
  enum class Phase { watching, holding, growing };

  ConstantShare() noexcept;

  /// Each response to a request that was sent after the last cut had its effect. `limit`: the rate of the last
  /// push-back; 0: there was none. `grown`: the rate has reached what it may during a proof.
  Step count(bool refused, double rate, double limit, bool grown) noexcept;

  /// The rate was lowered: what was counted before says nothing about it, and a proof under way has failed.
  void cut() noexcept;

  Phase phase() const noexcept { return phase_; }
  /// What is proven; 0: nothing is.
  double share() const noexcept { return proven_.share(); }

 private:
  class Tally {
   public:
    void add(bool is_refused, double memory) noexcept;
    double share() const noexcept { return responses > 0 ? refused / responses : 0; }
    double responses = 0;
    double refused = 0;
  };

  Step watch(bool refused, double rate, double limit) noexcept;
  Step hold(bool refused, double rate) noexcept;
  Step grow(bool refused, double rate, bool grown) noexcept;
  Step end_proof(Step step) noexcept;
  void forget_what_is_gone(bool refused) noexcept;
  void count_below_limit(bool refused, double rate) noexcept;
  bool blames_rate(bool below_limit, double rate) const noexcept;
  bool more_than_proven() const noexcept;
  bool suspects(double rate) const noexcept;

  Phase phase_ = Phase::watching;
  Tally proven_;
  Tally lately_;              // since then
  Tally below_limit_;         // responses at rates where a limit refuses nothing
  double since_refusal_ = 0;  // of these, after the last refusal
  double highest_ = 0;        // of these rates
  Tally recent_;              // since the last cut
  double evidence_;           // refusals below the limit that a proof needs
  Tally held_;                // during a proof, at held_rate_
  double held_rate_ = 0;
  Tally grown_;            // the same, at higher rates
  double likelihood_ = 0;  // ln of how much likelier a limit makes them than a constant share
};

}  // namespace amend
