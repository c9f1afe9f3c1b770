#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alidade/base/error.hpp"

namespace alidade::host {

/// What a child process can answer.
enum class Answer : std::uint32_t { nothing, error, graph, listing, finding, recognition, row };

/// One answer: its kind, and bytes whose length was announced before them.
struct Frame {
  Answer answer{};
  std::string_view payload;
};
/// The fixed bytes before a payload of this size.
[[nodiscard]] std::string frame_head(Answer answer, std::uint64_t payload_size);
/// Takes the next whole frame off the front of `bytes`; nothing when what is there is no frame or a part of
/// one.
[[nodiscard]] std::optional<Frame> take_frame(std::string_view& bytes);

[[nodiscard]] std::string pack_error(const Error& error);
[[nodiscard]] std::optional<Error> unpack_error(std::string_view payload);

}  // namespace alidade::host
