#include "bundle.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "aten/module_name.hpp"
#include "bundle_manifest.hpp"

namespace alidade::dynamo {
namespace {

constexpr std::string_view kManifest = "alidade_bundle.json", kRecord = "extra/alidade.json";
constexpr std::uint64_t kMostManifest = std::uint64_t{16} << 20, kMostNested = std::uint64_t{1} << 30;

/// The module whose code a partition is: "rpn" where a weight that the code calls "head.conv.weight" is the
/// model's "rpn.head.conv.weight". Empty for the model itself, and where no weight tells: "weight" alone may
/// be anybody's.
std::string_view captured_module(const Manifest::Partition& partition) {
  for (const auto& [called, weight] : partition.weights) {
    const auto name = aten::plain_path(called);
    const std::string_view whole = weight.name;
    if (name.contains('.') && whole.size() > name.size() && whole.ends_with("." + name))
      return whole.substr(0, whole.size() - name.size() - 1);
  }
  return {};
}

/// A bundle being read: the programs stay in memory until the graph is whole, since names are not copied.
class Bundle {
 public:
  Bundle(const ZipArchive& archive, const Manifest& manifest, Json::Budget& budget, GraphDraft& draft)
      : archive_(archive), manifest_(manifest), budget_(budget), draft_(draft) {}

  Result<void> all() {
    for (std::size_t i = 0; i < manifest_.partitions.size(); ++i)
      if (auto ok = one(i, false); !ok) return ok;
    if (auto ok = outputs(); !ok) return ok;
    note_seams();
    return {};
  }
  Result<void> alone(std::size_t partition) { return one(partition, true); }

 private:
  Result<void> one(std::size_t i, bool alone) {
    const auto& partition = manifest_.partitions[i];
    auto program = load(partition);
    if (!program) return std::unexpected(std::move(program).error());
    programs_.push_back(std::make_unique<Program>(std::move(*program)));
    if (auto ok = check_schema(*programs_.back()->text, draft_.builder); !ok) return ok;
    if (!alone)
      draft_.provenance.within(draft_.builder.child(ModuleId(0), partition.name, kPartitionType),
                               captured_module(partition));
    auto joint = alone ? Joint{} : joint_of(i);
    joint.weights = partition.weights, joint.known = &weights_, joint.ends_graph = alone;
    auto joined = join_program(*programs_.back(), joint, draft_);
    if (!joined) return std::unexpected(std::move(joined).error());
    for (const auto& edge : manifest_.edges)
      if (!alone && edge.to.partition == i && edge.to.number >= joined->inputs.size())
        return no_port("input", edge.to, joined->inputs.size());
    take_inputs(i, *joined);
    made_.push_back(std::move(*joined));
    return {};
  }

  Result<Program> load(const Manifest::Partition& partition) {
    const auto* entry = archive_.find(partition.file);
    if (!entry)
      return fail(
          Fault::model,
          "the bundle names the file " + text::quoted(partition.file) + ", and the archive does not hold it",
          archive_.file() + ":" + std::string(kManifest));
    const auto file = archive_.file() + ":" + partition.file;
    if (entry->method == 0) {
      sources_.push_back(std::make_unique<PartSource>(archive_.source(), entry->begin, entry->packed));
    } else {
      const auto bytes = archive_.contents(*entry, kMostNested, rooms_.emplace_back());
      if (!bytes) return std::unexpected(bytes.error());
      sources_.push_back(std::make_unique<MemorySource>(*bytes));
    }
    const auto nested = ZipArchive::open(*sources_.back(), file);
    return nested ? load_program(*nested, budget_) : std::unexpected(nested.error());
  }

  /// What earlier partitions and the model's inputs give to this one.
  Joint joint_of(std::size_t i) const {
    Joint joint;
    joint.prefix = manifest_.partitions[i].name + "/";
    for (const auto& edge : manifest_.edges)
      if (edge.to.partition == i && edge.from.number < made_[edge.from.partition].outputs.size())
        if (const ValueId v = made_[edge.from.partition].outputs[edge.from.number]; v.valid())
          joint.given[edge.to.number] = v;
    for (std::size_t n = 0; n < manifest_.inputs.size(); ++n)
      for (const auto& to : manifest_.inputs[n].to) {
        if (to.partition != i) continue;
        const auto known = inputs_.find(n);
        if (known != inputs_.end())
          joint.given[to.number] = known->second;
        else
          joint.input_names[to.number] = manifest_.inputs[n].name;
      }
    return joint;
  }

  /// Remembers the model's inputs that this partition was the first to take.
  void take_inputs(std::size_t i, const Joined& joined) {
    for (std::size_t n = 0; n < manifest_.inputs.size(); ++n)
      for (const auto& to : manifest_.inputs[n].to)
        if (to.partition == i && to.number < joined.inputs.size() && joined.inputs[to.number].valid())
          inputs_.try_emplace(n, joined.inputs[to.number]);
  }

  std::unexpected<Error> no_port(std::string_view kind, Port port, std::size_t count) const {
    return fail(Fault::model,
                "the bundle names " + std::string(kind) + " " + std::to_string(port.number) + " of " +
                    text::quoted(manifest_.partitions[port.partition].name) + ", which has " +
                    std::to_string(count),
                archive_.file() + ":" + std::string(kManifest));
  }

  Result<void> outputs() {
    for (const auto& edge : manifest_.edges)
      if (edge.from.number >= made_[edge.from.partition].outputs.size())
        return no_port("output", edge.from, made_[edge.from.partition].outputs.size());
    for (const auto& from : manifest_.outputs) {
      const auto& all = made_[from.partition].outputs;
      if (from.number >= all.size()) return no_port("output", from, all.size());
      if (all[from.number].valid()) draft_.builder.output(all[from.number]);
    }
    if (manifest_.outputs.empty())
      for (const ValueId v : made_.back().outputs)
        if (v.valid()) draft_.builder.output(v);
    return {};
  }

  void note_seams() const {
    for (const auto& p : manifest_.partitions)
      if (!p.reason.empty())
        draft_.builder.note(Severity::note, "graph-break",
                            "the graph breaks after " + text::quoted(p.name) +
                                (p.file_line.empty() ? "" : " at " + p.file_line) + ": " + p.reason);
  }

  const ZipArchive& archive_;
  const Manifest& manifest_;
  Json::Budget& budget_;
  GraphDraft& draft_;
  std::vector<std::unique_ptr<ByteSource>> sources_;
  std::deque<std::string> rooms_;
  std::vector<std::unique_ptr<Program>> programs_;
  std::vector<Joined> made_;
  std::map<std::size_t, ValueId> inputs_;
  std::map<std::string, ValueId, std::less<>> weights_;
};

}  // namespace

bool is_bundle(const ZipArchive& archive) { return archive.find(kManifest) != nullptr; }

namespace {

/// What the capture wrote about itself, for the analyses that understand it.
Result<void> attach_record(const ZipArchive& archive, GraphDraft& draft) {
  const auto* entry = archive.find(kRecord);
  if (!entry) return {};
  std::string room;
  const auto bytes = archive.contents(*entry, kMostManifest, room);
  if (!bytes) return std::unexpected(bytes.error());
  draft.builder.attach("capture", *bytes);
  return {};
}

}  // namespace

Result<void> read_bundle(const ZipArchive& archive, std::int64_t partition, GraphDraft& draft) {
  std::string room;
  const auto bytes = archive.contents(*archive.find(kManifest), kMostManifest, room);
  if (!bytes) return std::unexpected(bytes.error());
  Json::Budget budget;
  auto text = Json::parse(*bytes, archive.file() + ":" + std::string(kManifest), budget);
  if (!text) return std::unexpected(std::move(text).error());
  const auto manifest = read_manifest(*text);
  if (!manifest) return std::unexpected(manifest.error());
  const auto count = manifest->partitions.size();
  if (partition >= static_cast<std::int64_t>(count))
    return fail(Fault::config,
                "the option partition is " + std::to_string(partition) + ", and the bundle has " +
                    std::to_string(count) + (count == 1 ? " partition" : " partitions"),
                archive.file(), "partitions are counted from 0; -1 reads them all");
  draft.builder.name(manifest->model);
  Bundle bundle(archive, *manifest, budget, draft);
  if (partition >= 0) return bundle.alone(static_cast<std::size_t>(partition));
  if (auto ok = attach_record(archive, draft); !ok) return ok;
  return bundle.all();
}

}  // namespace alidade::dynamo
