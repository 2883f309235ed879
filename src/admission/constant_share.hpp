// Finds 429s that do not depend on the rate: a share of the responses that is the same at every rate. A rule of a
// gateway, a lock on some customers, or one broken node of many causes them.
//
//   watching  A limit refuses no request at rates well below the last push-back. Refusals there are counted apart.
//             When several are spread evenly over the responses, and the rate has fallen by a fifth, lowering it
//             does not help. Then the proof of the share begins.
//   holding   The rate is kept until the share is measured. If no request is refused any more, that was a limit.
//   growing   The rate is doubled. If a limit had refused the requests, the API would accept no more than before. If
//             the share does not change, it was not a limit. The likelihood of the refusals decides.
//
// After a proof that fails, the rate falls as usual, and the next proof needs twice the evidence. A proven share
// explains its refusals from then on. Refusals beyond it are still a push-back.
//
// *Threads.* Part of AdaptiveRate, under its mutex. *Errors.* None. *Bounds.* 200 bytes. A response costs a few
// additions, and a logarithm during a proof. *Lifetime.* A value. *Source.* A policy.
#pragma once

namespace amend {

class ConstantShare {
 public:
  /// A larger share is a limit or an outage.
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

  /// Call it for each response to a request sent after the last cut had its effect. `limit`: the rate of the last
  /// push-back; 0: there was none. `grown`: the rate has reached its highest value during a proof.
  Step count(bool refused, double rate, double limit, bool grown) noexcept;

  /// The rate was lowered. Earlier counts show nothing about the new rate, and a running proof has failed.
  void cut() noexcept;

  Phase phase() const noexcept { return phase_; }
  /// The proven share; 0: no share is proven.
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
  Tally lately_;              // since the proof
  Tally below_limit_;         // responses at rates where a limit refuses nothing
  double since_refusal_ = 0;  // of these responses, after the last refusal
  double highest_ = 0;        // the highest of these rates
  Tally recent_;              // since the last cut
  double evidence_;           // refusals below the limit that a proof needs
  Tally held_;                // during a proof, at held_rate_
  double held_rate_ = 0;
  Tally grown_;            // the same, at higher rates
  double likelihood_ = 0;  // ln of the likelihood ratio: a limit to a constant share
};

}  // namespace amend
