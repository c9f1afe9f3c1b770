#include "merge.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "alidade/base/text.hpp"
#include "host/output/temporary_name.hpp"

namespace alidade::sweep {
namespace {

namespace fs = std::filesystem;

/// Everything that stores of one sweep say together.
class Union {
 public:
  Result<void> add(const std::string& path) {
    auto store = Store::read(path);
    if (!store) return std::unexpected(std::move(store).error());
    if (!head_)
      head_ = store->head(), first_ = path;
    else if (auto error = other_sweep(path, store->head()))
      return std::unexpected(std::move(*error));
    if (auto ok = add_models(*store, path); !ok) return ok;
    std::optional<std::int64_t> differs;
    const auto read = store->each([&](Row row) {
      const auto number = std::get<std::int64_t>(row.front());
      const auto [known, added] = rows_.try_emplace(number, row);
      if (!added && known->second != row && !differs) differs = number;
    });
    if (!read || !differs) return read;
    return fail(Fault::config,
                "point " + std::to_string(*differs) + " is another in " + text::quoted(path) +
                    " than in a store before it",
                {}, "run the sweep anew where it went wrong");
  }

  /// What is there may be a store of the same sweep, and nothing else.
  [[nodiscard]] Result<void> may_replace(const std::string& output) const {
    if (auto ok = is_place_for_store(output); !ok) return ok;
    std::error_code none;
    if (fs::file_size(output, none) == 0 || none) return {};
    if (!is_store(output))
      return fail(Fault::output, "cannot write " + text::quoted(output) + ": it is no store of a sweep", {},
                  "name another file with -o");
    const auto there = Store::read(output);
    if (!there) return std::unexpected(there.error());
    if (there->head().identity == head_->identity) return {};
    return std::unexpected(another_sweep(output, there->head().identity, "the merged ones have",
                                         head_->identity, "name another file with -o"));
  }

  Result<Merged> write(const std::string& output) const {
    auto store = Store::write(output, *head_);
    if (!store) return std::unexpected(std::move(store).error());
    for (const auto& [id, checksum] : models_)
      if (auto ok = store->add_model(id, checksum); !ok) return std::unexpected(ok.error());
    std::vector<Row> rows;
    for (const auto& [number, row] : rows_) rows.push_back(row);
    if (auto ok = store->add(rows); !ok) return std::unexpected(ok.error());
    if (auto ok = store->finish(); !ok) return std::unexpected(ok.error());
    return Merged{rows.size(), static_cast<std::size_t>(head_->points)};
  }

 private:
  [[nodiscard]] std::optional<Error> other_sweep(const std::string& path, const Head& head) const {
    if (head.identity == head_->identity) return std::nullopt;
    return another_sweep(path, head.identity, text::quoted(first_), head_->identity,
                         "merge stores that --shard made of one sweep");
  }
  Result<void> add_models(const Store& store, const std::string& path) {
    const auto models = store.models();
    if (!models) return std::unexpected(models.error());
    for (const auto& [id, checksum] : *models)
      if (const auto known = models_.try_emplace(id, checksum).first; known->second != checksum)
        return fail(Fault::config,
                    "the model " + text::quoted(id) + " of " + text::quoted(path) +
                        " is not the one of a store before it: their graphs differ",
                    {}, "run the sweep anew with one and the same file");
    return {};
  }

  std::optional<Head> head_;
  std::string first_;
  std::map<std::string, std::uint64_t> models_;
  std::map<std::int64_t, Row> rows_;
};

}  // namespace

Result<Merged> merge(const std::vector<std::string>& stores, const std::string& output) {
  std::error_code none;
  for (const auto& path : stores) {
    if (fs::equivalent(path, output, none))
      return fail(Fault::config, text::quoted(output) + " is read, and cannot be written", {},
                  "name another file with -o");
  }
  Union all;
  for (const auto& path : stores)
    if (auto ok = all.add(path); !ok) return std::unexpected(ok.error());
  if (auto ok = all.may_replace(output); !ok) return std::unexpected(ok.error());
  const auto target = fs::is_symlink(output, none) ? fs::canonical(output, none) : fs::path(output);
  host::TemporaryName made(target.string() + ".tmp-" + std::to_string(::getpid()));
  fs::remove(made.path(), none);
  const auto merged = all.write(made.path());
  bool unfinished = false;  // then SQLite leaves a file of its own
  for (const auto* ending : {"-wal", "-shm", "-journal"})
    unfinished |= fs::remove(made.path() + ending, none);
  if (!merged) return merged;
  if (unfinished)
    return fail(Fault::output, "cannot write " + text::quoted(output) + ": its disk did not take all of it",
                {}, "name another file with -o");
  fs::rename(made.path(), target, none);
  if (none)
    return fail(Fault::output, "cannot write " + text::quoted(output) + ": " + none.message(), {},
                "name another file with -o");
  made.forget();
  return merged;
}

}  // namespace alidade::sweep
