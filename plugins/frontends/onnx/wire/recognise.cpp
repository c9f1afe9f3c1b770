#include "recognise.hpp"

#include <fmt/format.h>

#include "alidade/base/text.hpp"

namespace alidade::onnx_file {
namespace {

constexpr std::string_view kLfs = "version https://git-lfs.github.com/spec/";

/// ir_version (field 1, a small number) first: what every writer of ONNX puts at the start.
bool starts_like_model(std::string_view head) {
  return head.size() >= 2 && head[0] == 0x08 && head[1] > 0 && head[1] < 0x40;
}

std::string_view after_space(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  const auto begin = bytes.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view{} : bytes.substr(begin);
}

std::unexpected<Error> lfs_pointer(std::string_view bytes, const std::string& path) {
  std::string oid = "unknown";
  if (const auto at = bytes.find("oid "); at != std::string_view::npos) {
    const auto rest = bytes.substr(at + 4);
    oid = text::printable(rest.substr(0, rest.find_first_of("\r\n")));
  }
  return fail(Fault::model,
              fmt::format("the file is a Git LFS pointer ({}), not the model it stands for", oid), path,
              "git lfs pull");
}

bool is_text(std::string_view head) {
  for (const char c : head.substr(0, 256))
    if (static_cast<unsigned char>(c) < 0x09) return false;
  return true;
}

std::string_view text_form(std::string_view bytes) {
  const auto head = after_space(bytes);
  for (const std::string_view html : {"<!DOCTYPE", "<!doctype", "<html", "<HTML"})
    if (head.starts_with(html)) return "an HTML page";
  if (!is_text(head)) return {};
  if (head.starts_with("{")) return "JSON";
  if (head.starts_with("<?xml")) return "XML";
  if (head.starts_with("ir_version:") || head.starts_with("producer_name:"))
    return "ONNX in protobuf's text form";
  if (head.starts_with("<") && head.substr(0, 256).contains("ir_version")) return "ONNX in its text form";
  return {};
}

}  // namespace

Recognition recognise(std::string_view path, std::string_view head) {
  const bool named = path.ends_with(".onnx");
  if (starts_like_model(head)) return named ? Recognition::yes : Recognition::maybe;
  return named ? Recognition::maybe : Recognition::no;
}

Result<void> refuse_other_formats(std::string_view bytes, const std::string& path) {
  if (bytes.empty())
    return fail(Fault::model, "the file is empty (0 bytes); expected an ONNX model", path,
                "export the model again, or check the download");
  if (bytes.size() > 0x7fffffffu)
    return fail(Fault::model,
                fmt::format("the file is {:.1f} GiB; a protobuf message is limited to 2 GiB",
                            static_cast<double>(bytes.size()) / (1u << 30)),
                path, "onnx.save(model, path, save_as_external_data=True)");
  if (bytes.starts_with(kLfs)) return lfs_pointer(bytes, path);
  if (const auto form = text_form(bytes); !form.empty())
    return fail(Fault::model, fmt::format("the file is {}; only binary ONNX is read", form), path,
                form == "an HTML page" ? "check the download: the server answered with a page"
                                       : "onnx.save(model, path) writes the binary form");
  if (bytes.starts_with("PK\x03\x04"))
    return fail(Fault::model, "the file is a zip archive; only binary ONNX is read", path,
                "unpack it, or choose the frontend of its format");
  return {};
}

}  // namespace alidade::onnx_file
