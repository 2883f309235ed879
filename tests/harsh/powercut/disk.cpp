#include "harsh/powercut/disk.hpp"

#include <algorithm>

namespace test {
namespace {

using Kind = Operation::Kind;

void change(std::string& content, const Operation& operation) {
  if (operation.kind == Kind::write) {
    content += operation.text;  // every descriptor appends, or writes a new file from its start
  } else {
    content.resize(operation.size);
  }
}

}  // namespace

Disk::Disk(const Files& files) {
  for (const auto& [name, content] : files) {
    now_[name] = std::make_shared<Node>();
    now_[name]->durable = content;
  }
  durable_ = now_;
}

void Disk::change_names(Names& names, const Operation& operation, const std::shared_ptr<Node>& made) {
  if (operation.kind == Kind::make) names[operation.name] = made;
  if (operation.kind == Kind::remove) names.erase(operation.name);
  if (operation.kind != Kind::rename) return;
  const auto node = names.find(operation.name);
  if (node == names.end()) return;
  names[operation.text] = node->second;
  names.erase(operation.name);
}

void Disk::apply(const Operation& operation) {
  switch (operation.kind) {
    case Kind::write:
    case Kind::truncate: now_.at(operation.name)->since.push_back(operation); break;
    case Kind::sync_file: {
      Node& node = *now_.at(operation.name);
      for (const Operation& change_of : node.since) change(node.durable, change_of);
      node.since.clear();
      break;
    }
    case Kind::sync_names:
      durable_ = now_;
      names_since_.clear();
      break;
    default: {
      const auto made = std::make_shared<Node>();
      change_names(now_, operation, made);
      names_since_.emplace_back(operation, made);
    }
  }
}

std::string Disk::Node::content(std::mt19937& random) const {
  std::string out = durable;
  if (since.empty()) return out;
  const std::size_t done = random() % (since.size() + 1);
  for (std::size_t i = 0; i < done; ++i) change(out, since[i]);
  if (done < since.size() && since[done].kind == Kind::write) {
    const std::string& torn = since[done].text;
    out += torn.substr(0, random() % (torn.size() + 1));
  }
  // The size has reached the disk, the bytes have not.
  const bool only_grew = std::ranges::all_of(since, [](const Operation& o) { return o.kind == Kind::write; });
  if (only_grew && random() % 3 == 0 && out.size() > durable.size()) {
    const std::size_t from = durable.size() + random() % (out.size() - durable.size());
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), '\0');
  }
  return out;
}

Files Disk::after_power_cut(std::mt19937& random) const {
  Names names = durable_;
  const std::size_t done = random() % (names_since_.size() + 1);
  for (std::size_t i = 0; i < done; ++i) change_names(names, names_since_[i].first, names_since_[i].second);
  Files files;
  for (const auto& [name, node] : names) files[name] = node->content(random);
  return files;
}

std::string Disk::synced(const std::string& name) const {
  const auto found = now_.find(name);
  return found == now_.end() ? "" : found->second->durable;
}

}  // namespace test
