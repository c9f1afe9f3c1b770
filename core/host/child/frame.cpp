#include "frame.hpp"

#include <cstring>

#include "packed.hpp"

namespace alidade {

void fields(auto& packed, Error& e) { packed(e.fault, e.what, e.where, e.fix); }

}  // namespace alidade

namespace alidade::host {
namespace {

struct Head {
  std::uint64_t mark = 0x31656d6172666c61;  // "alframe1"
  Answer answer{};
  std::uint32_t zero = 0;
  std::uint64_t size = 0;
};

}  // namespace

std::string frame_head(Answer answer, std::uint64_t payload_size) {
  const Head head{.answer = answer, .size = payload_size};
  return {reinterpret_cast<const char*>(&head), sizeof head};
}

std::optional<Frame> take_frame(std::string_view& bytes) {
  Head head;
  if (bytes.size() < sizeof head) return {};
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.mark != Head{}.mark || head.zero != 0 || head.size > bytes.size() - sizeof head) return {};
  const Frame frame{head.answer, bytes.substr(sizeof head, head.size)};
  bytes.remove_prefix(sizeof head + head.size);
  return frame;
}

std::string pack_error(const Error& error) { return pack(error); }

std::optional<Error> unpack_error(std::string_view payload) {
  auto error = unpack<Error>(payload);
  if (!error || error->fault > Fault::internal) return {};
  return error;
}

}  // namespace alidade::host
