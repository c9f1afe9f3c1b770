#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::host::query {

/// Which results are taken: those of older versions of the program, too, which lack members and are marked
/// (mark_older_document), or only those in which all is there.
enum class Versions : std::uint8_t { older_too, complete };

/// Reads a document of the json report, one model or many, and checks all of it, here and nowhere else; an
/// error says what is wrong with it and where.
[[nodiscard]] Result<nlohmann::ordered_json> read_result(std::string_view text, const std::string& path,
                                                         Versions versions);
/// The models of such a document.
[[nodiscard]] std::vector<const nlohmann::ordered_json*> models_of(const nlohmann::ordered_json& document);

}  // namespace alidade::host::query
