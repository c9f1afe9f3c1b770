#include "temporary_name.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstring>
#include <utility>

namespace alidade::host {
namespace {

/// A path where a signal handler can read it: memory that is never freed. What finds no slot is removed by
/// its owner alone.
struct Slot {
  std::atomic<bool> taken = false, written = false;
  std::array<char, PATH_MAX> path{};
};
std::array<Slot, 32> slots;

int take_slot(const std::string& path) {
  if (path.size() >= PATH_MAX) return -1;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].taken.exchange(true)) continue;
    std::memcpy(slots[i].path.data(), path.c_str(), path.size() + 1);
    slots[i].written = true;
    return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

TemporaryName::TemporaryName(std::string path) : path_(std::move(path)), slot_(take_slot(path_)) {}
TemporaryName::TemporaryName(TemporaryName&& other) noexcept
    : path_(std::exchange(other.path_, {})), slot_(std::exchange(other.slot_, -1)) {}
TemporaryName::~TemporaryName() {
  if (!path_.empty()) ::unlink(path_.c_str());
  forget();
}

void TemporaryName::forget() {
  path_.clear();
  if (slot_ < 0) return;
  auto& slot = slots[static_cast<std::size_t>(std::exchange(slot_, -1))];
  slot.written = false;
  slot.taken = false;
}

void remove_temporaries() noexcept {
  for (const auto& slot : slots)
    if (slot.written) ::unlink(slot.path.data());
}

}  // namespace alidade::host
