#include "module_name.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace alidade::aten {
namespace {

constexpr std::array<std::string_view, 3> kRoots{"g__", "G__", "L__"};
constexpr std::array<std::string_view, 2> kSelves{"L_self_", "l_self_"};

bool is_number(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// "L_self_modules_layer1_modules_0_parameters_weight_": every step says what it is.
std::string from_steps(std::string_view steps) {
  std::string path = "_" + std::string(steps);
  while (path.ends_with('_')) path.pop_back();
  for (const auto* kind : {"_modules_", "_parameters_", "_buffers_"}) replace_all(path, kind, ".");
  return path.starts_with('.') || path.starts_with('_') ? path.substr(1) : path;
}

/// "model_23_cv3_0___0_____0___conv": a number after three underscores is an index into a container, one
/// after a single underscore a step of the path; a word after a number is a step too.
std::string from_words(std::string_view words) {
  std::string path;
  bool after_number = false;
  while (!words.empty()) {
    const auto run = std::min(words.find_first_not_of('_'), words.size());
    const auto rest = words.substr(run);
    const auto word = rest.substr(0, rest.find('_'));
    words = rest.substr(word.size());
    if (word.empty()) break;
    const bool number = is_number(word);
    if (number && run >= 3)
      path += "[" + std::string(word) + "]";
    else if (path.empty())
      path = word;
    else
      path += (number || after_number || run >= 3 ? "." : "_") + std::string(word);
    after_number = number;
  }
  return path;
}

/// "model.slice(None, -1, None).0" is module 0 of a part of "model", which keeps its modules' names.
void leave_out_slices(std::string& path) {
  constexpr std::string_view kSlice = "slice(", kEnd = ").";
  for (auto at = path.find(kSlice); at != std::string::npos; at = path.find(kSlice, at)) {
    const auto end = path.find(kEnd, at);
    if (end == std::string::npos) return;
    path.erase(at, end + kEnd.size() - at);
  }
}

std::string_view without_root(std::string_view name) {
  for (const auto root : kRoots)
    if (name.starts_with(root)) {
      name.remove_prefix(root.size());
      const auto end = name.find("___");
      return end == std::string_view::npos ? name : name.substr(end + 3);
    }
  return name;
}

}  // namespace

std::string unmangled(std::string_view name) {
  const auto whole = name;
  for (const auto self : kSelves)
    if (name.starts_with(self)) return from_steps(name.substr(self.size()));
  while (name.starts_with("getattr_")) name.remove_prefix(8);
  const auto body = without_root(name);
  if (body.size() == whole.size() && whole.find("___") == std::string_view::npos) return std::string(whole);
  auto path = from_words(body);
  while (path.starts_with("model.model.")) path.erase(0, 6);
  return path;
}

std::string shortened(std::string_view name, std::size_t most) {
  constexpr std::string_view kGap = "...";
  if (name.size() <= most || most <= kGap.size()) return std::string(name.substr(0, most));
  const auto tail = (most - kGap.size()) / 2, head = most - kGap.size() - tail;
  return std::string(name.substr(0, head)) + std::string(kGap) + std::string(name.substr(name.size() - tail));
}

std::string plain_path(std::string_view path) {
  const auto at = path.rfind('@');
  if (at != std::string_view::npos && is_number(path.substr(at + 1))) path = path.substr(0, at);
  if (path.starts_with("L[") ||
      path.starts_with("G["))  // the variable that holds the model, "self" or any other
    path.remove_prefix(std::min(path.size(), path.find(']') + 1));
  std::string plain;
  for (const char c : path)
    if (c == '[')
      plain += '.';
    else if (c != ']' && c != '\'' && c != '"')
      plain += c;
  leave_out_slices(plain);
  plain.insert(0, ".");
  replace_all(plain, "._modules.", ".");
  replace_all(plain, "..", ".");
  if (plain.starts_with('.')) plain.erase(0, 1);
  return unmangled(plain);
}

}  // namespace alidade::aten
