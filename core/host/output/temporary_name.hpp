#pragma once
#include <string>

namespace alidade::host {

/// The name of a file that is not to outlive this object, nor the program where a signal ends it. From the
/// beginning on, before the file is made.
class TemporaryName {
 public:
  explicit TemporaryName(std::string path);
  TemporaryName(TemporaryName&& other) noexcept;
  TemporaryName& operator=(TemporaryName&&) = delete;
  ~TemporaryName();
  [[nodiscard]] const std::string& path() const { return path_; }
  /// The file is gone, has another name, or is not ours.
  void forget();

 private:
  std::string path_;
  int slot_ = -1;
};

/// Removes the files of all names that there are. May be called in a handler of signals, before the program
/// ends.
void remove_temporaries() noexcept;

}  // namespace alidade::host
