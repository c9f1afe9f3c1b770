// A file of rules, read and checked: every mistake at its line.
#include <algorithm>
#include <array>
#include <limits>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "host/config/device.hpp"
#include "host/config/keys.hpp"
#include "host/config/paths.hpp"
#include "host/config/slow_link.hpp"
#include "host/config/toml.hpp"
#include "operator_scope.hpp"
#include "rules.hpp"

namespace alidade::host {
namespace {

constexpr std::string_view kSchema = "alidade.support/1";

/// The file itself: what is written in it beside the rules.
const std::vector<Key<SupportRules>> kFileKeys = {
    {{"extends", KeyKind::text, "the file whose rules are asked after these"},
     [](SupportRules& r, const ConfigNode& n) { r.extends = {*n.as<std::string>(), n.place}; }},
    {{"name", KeyKind::text, "what the rules are about"},
     [](SupportRules& r, const ConfigNode& n) { r.name = *n.as<std::string>(); }},
    {{"version", KeyKind::text, "of what is documented"},
     [](SupportRules& r, const ConfigNode& n) { r.version = *n.as<std::string>(); }},
    {{"device", KeyKind::text, "the device whose figures are used where none is named"},
     [](SupportRules& r, const ConfigNode& n) { r.device = *n.as<std::string>(); }},
    {{"beside", KeyKind::text, "the processor beside it that runs the rest"},
     [](SupportRules& r, const ConfigNode& n) { r.beside = *n.as<std::string>(); }},
    {{"link_gbps", KeyKind::number, "bytes that go between the two, in GB/s"},
     [](SupportRules& r, const ConfigNode& n) {
       r.link_gbps = n.as<double>() ? *n.as<double>() : static_cast<double>(*n.as<std::int64_t>());
     }},
    {{"link_latency_us", KeyKind::number, "what a tensor takes beside, in microseconds"},
     [](SupportRules& r, const ConfigNode& n) {
       r.link_latency_us = n.as<double>() ? *n.as<double>() : static_cast<double>(*n.as<std::int64_t>());
     }},
};
constexpr std::array<std::string_view, 3> kHow{"native", "slow", "unsupported"};

/// Files that extend one another, each with the next.
using Chain = std::vector<std::string>;
std::shared_ptr<const SupportRules> read_file(const Located<std::string>& name, Chain chain,
                                              std::vector<Mistake>& mistakes);

class RuleReader {
 public:
  RuleReader(Chain chain, std::string text, std::vector<Mistake>& mistakes)
      : source_{chain.back(), std::move(text)}, chain_(std::move(chain)), mistakes_(mistakes) {}

  std::shared_ptr<const SupportRules> read() {
    auto table = parse_toml(source_.text, {source_.file});
    if (!table)
      say(std::move(table).error());
    else if (is_support(*table))
      for (const auto& member : *table->as<ConfigNode::Table>()) take(member);
    out_.file = source_.file;
    if (!out_.extends.value.empty() && !bad_) extend();
    index();
    return bad_ ? nullptr : std::make_shared<const SupportRules>(std::move(out_));
  }

 private:
  void say(Mistake mistake) {
    bad_ = true;
    if (mistake.line.empty()) mistake.line = source_line(std::span(&source_, 1), mistake.place);
    mistakes_.push_back(std::move(mistake));
  }

  bool is_support(const ConfigNode& table) {
    const auto* schema = table.text("schema");
    if (schema && *schema == kSchema) return true;
    const auto* node = table.find("schema");
    say({node ? node->place : Place{source_.file, 1, 1},
         "'schema' of a support file: expected \"" + std::string(kSchema) + "\", found " +
             (node ? found(*node) : "none"),
         "a support file begins with schema = \"" + std::string(kSchema) + "\""});
    return false;
  }

  void take(const ConfigNode::Member& member) {
    if (member.key == "schema") return;
    if (member.key == "otherwise") {
      if (auto one = rule(member.node, "[otherwise]")) out_.otherwise = std::move(*one);
    } else if (member.key == "rule") {
      rules(member.node);
    } else if (!own_key(member)) {
      std::vector<std::string> names{"schema", "otherwise", "rule"};
      for (const auto& key : kFileKeys) names.push_back(key.name);
      unknown(member, " in a support file", names);
    }
  }
  void rules(const ConfigNode& node) {
    const auto* list = node.as<ConfigNode::List>();
    if (!list) return unlike(node, "[[rule]]");
    for (const auto& entry : *list)
      if (auto one = rule(entry, "[[rule]]")) out_.rules.push_back(std::move(*one));
  }
  void unlike(const ConfigNode& node, const std::string& section) {
    say({node.place, "expected a section " + section + ", found " + found(node), {}});
  }
  bool own_key(const ConfigNode::Member& member) {
    const auto key = std::ranges::find(kFileKeys, member.key, &KeyInfo::name);
    if (key == kFileKeys.end()) return false;
    std::vector<Mistake> wrong;
    if (fits(member.node, *key, " in a support file", wrong)) key->store(out_, member.node);
    for (auto& mistake : wrong) say(std::move(mistake));
    if (wrong.empty() && member.key == "link_gbps")
      if (auto slow = slow_link("'link_gbps' in a support file", out_.link_gbps, member.node.place))
        say(std::move(*slow));
    return true;
  }
  void unknown(const ConfigNode::Member& member, const std::string& where,
               const std::vector<std::string>& names) {
    say({member.place,
         "unknown key " + text::quoted(member.key) + where + text::did_you_mean(member.key, names),
         "keys here: " + text::join(names, ", ")});
  }

  /// What the other file says of the device, and its rules behind those that are here.
  void extend() {
    std::vector<Mistake> wrong;
    const auto base = read_file(out_.extends, chain_, wrong);
    for (auto& mistake : wrong) say(std::move(mistake));
    if (!base) return;
    own_ = out_.rules.size();
    out_.rules.insert(out_.rules.end(), base->rules.begin(), base->rules.end());
    if (out_.otherwise.source.empty()) out_.otherwise = base->otherwise;
    if (out_.version.empty()) out_.version = base->version;
    if (out_.device.empty()) out_.device = base->device;
    if (out_.beside.empty()) out_.beside = base->beside;
    if (out_.link_gbps == 0) out_.link_gbps = base->link_gbps;
    if (out_.link_latency_us == 0) out_.link_latency_us = base->link_latency_us;
  }

  std::optional<SupportRule> rule(const ConfigNode& entry, const std::string& section) {
    static const std::vector<std::string> names{"ops", "when", "verdict", "factor", "reason", "source"};
    const auto* members = entry.as<ConfigNode::Table>();
    if (!members) return unlike(entry, section), std::nullopt;
    SupportRule out;
    out.place = entry.place;
    const auto before = mistakes_.size();
    for (const auto& member : *members) {
      if (std::ranges::find(names, member.key) == names.end())
        unknown(member, " in " + section, names);
      else if (member.key == "ops")
        ops(member.node, out);
      else if (member.key == "factor")
        factor(member.node, out);
      else
        word(member, section, out);
    }
    for (const auto* needed : {"verdict", "source"})
      if (!entry.find(needed))
        say({entry.place, section + " has no " + text::quoted(needed),
             "a rule says what it is from, and what follows"});
    if (out.verdict.how != Verdict::How::native && out.verdict.reason.empty() && mistakes_.size() == before)
      say({entry.place, section + " has no 'reason'",
           "say why, in a few words: they are what people get to read"});
    return mistakes_.size() == before ? std::optional(std::move(out)) : std::nullopt;
  }
  void word(const ConfigNode::Member& member, const std::string& section, SupportRule& out) {
    const auto* text = member.node.as<std::string>();
    if (!text)
      return say(
          {member.node.place,
           text::quoted(member.key) + " in " + section + ": expected a string, found " + found(member.node),
           {}});
    if (member.key == "reason") out.verdict.reason = *text;
    if (member.key == "source") out.source = *text;
    if (member.key == "verdict") verdict(*text, member.node.place, section, out);
    if (member.key == "when") condition(*text, member.node.place, out);
  }
  void verdict(const std::string& text, const Place& place, const std::string& section, SupportRule& out) {
    const std::vector<std::string> words(kHow.begin(), kHow.end());
    const auto at = std::ranges::find(words, text);
    if (at == words.end())
      return say({place,
                  "'verdict' in " + section + ": expected one of " + text::join(words, ", ") + ", found \"" +
                      text::printable(text) + "\"" + text::did_you_mean(text, words),
                  {}});
    out.verdict.how = static_cast<Verdict::How>(at - words.begin());
  }
  void factor(const ConfigNode& node, SupportRule& out) {
    const auto* real = node.as<double>();
    const auto* whole = node.as<std::int64_t>();
    const double value = real ? *real : whole ? static_cast<double>(*whole) : 0;
    if (!(value >= 1 && value < 1e9))
      return say({node.place, "'factor' in [[rule]]: expected a number of at least 1, found " + found(node),
                  "how many times longer it takes"});
    out.verdict.factor = value;
  }
  void condition(const std::string& text, const Place& place, SupportRule& out) {
    auto parsed = query::Expression::parse(text);
    if (!parsed) return say({place, "'when' in [[rule]]: " + parsed.error().what, parsed.error().fix});
    if (const auto mistake = parsed->mistake(OperatorNames()))
      return say({place, "'when' in [[rule]]: " + mistake->error.what, mistake->error.fix});
    if (const auto function = parsed->asks_of_all())
      return say(
          {place,
           "'when' in [[rule]]: " + text::quoted(*function + "()") + " looks at all operators of a model",
           "a rule is about one operator"});
    out.when = std::move(*parsed);
  }
  void ops(const ConfigNode& node, SupportRule& out) {
    const auto* list = node.as<ConfigNode::List>();
    if (!list)
      return say({node.place, "'ops' in [[rule]]: expected a list of operators, found " + found(node), {}});
    for (const auto& item : *list) {
      const auto* word = item.as<std::string>();
      const auto op = word ? op_named(*word) : std::nullopt;
      if (op) {
        out.ops.push_back(*op);
        continue;
      }
      std::vector<std::string> all;
      for (int i = 0; i < op_count(); ++i) all.emplace_back(name(static_cast<Op>(i)));
      say({item.place,
           "there is no operator " + found(item) + (word ? text::did_you_mean(*word, all) : std::string()),
           "operators are named as 'alidade inspect MODEL --text' prints them"});
    }
  }

  /// A rule behind others that have taken all of its operators never holds.
  void index() {
    out_.by_op.assign(static_cast<std::size_t>(op_count()), {});
    std::vector<const SupportRule*> taken(out_.by_op.size(), nullptr);
    for (std::uint32_t i = 0; i < out_.rules.size(); ++i) {
      const auto& rule = out_.rules[i];
      const SupportRule* before = nullptr;
      bool asked = false;
      for (int o = 0; o < op_count(); ++o) {
        const auto op = static_cast<std::size_t>(o);
        if (!rule.ops.empty() && std::ranges::find(rule.ops, static_cast<Op>(o)) == rule.ops.end()) continue;
        if (taken[op]) {
          before = taken[op];
          continue;
        }
        out_.by_op[op].push_back(i), asked = true;
        if (!rule.when) taken[op] = &rule;
      }
      if (!asked && before && i < own_)
        say({rule.place,
             "this rule can never hold: the one at " + to_text(before->place) +
                 " is about the same operators, without a condition",
             "put it before that one, or take it out"});
    }
  }

  Source source_;
  Chain chain_;
  std::vector<Mistake>& mistakes_;
  SupportRules out_;
  std::size_t own_ = std::numeric_limits<std::size_t>::max();  ///< rules that are not another file's
  bool bad_ = false;
};

std::optional<std::string> path_of(const Located<std::string>& name, std::vector<Mistake>& mistakes) {
  if (name.value.ends_with(".toml") || name.value.contains('/'))
    return seen_from_here(name.place, name.value);
  const auto files = support_files(name.place);
  const auto known = std::ranges::find(files, name.value, &SupportFile::id);
  if (known != files.end()) return known->path;
  std::vector<std::string> ids;
  for (const auto& file : files) ids.push_back(file.id);
  mistakes.push_back(
      {name.place,
       "there is no support file " + text::quoted(name.value) + text::did_you_mean(name.value, ids),
       ids.empty() ? "it is a file NAME.support.toml in a folder of ALIDADE_HARDWARE_PATH"
                   : "there are " + text::join(ids, ", ") + "; or give the path of a .toml file"});
  return std::nullopt;
}

std::shared_ptr<const SupportRules> read_file(const Located<std::string>& name, Chain chain,
                                              std::vector<Mistake>& mistakes) {
  const auto path = path_of(name, mistakes);
  if (!path) return nullptr;
  if (std::ranges::find(chain, *path) != chain.end())
    return mistakes.push_back({name.place,
                               "'extends' of a support file: " + text::quoted(name.value) +
                                   " extends itself, by way of " + text::join(chain, ", "),
                               "name a file that does not build on this one"}),
           nullptr;
  chain.push_back(*path);
  const auto bytes = FileBytes::open(*path);
  if (!bytes) return mistakes.push_back({name.place, bytes.error().what, bytes.error().fix}), nullptr;
  return RuleReader(std::move(chain), std::string(bytes->view()), mistakes).read();
}

}  // namespace

std::shared_ptr<const SupportRules> read_support(const Located<std::string>& name,
                                                 std::vector<Mistake>& mistakes) {
  return read_file(name, {}, mistakes);
}

std::shared_ptr<const SupportRules> support_in(const Source& text, std::vector<Mistake>& mistakes) {
  return RuleReader({text.file}, text.text, mistakes).read();
}

}  // namespace alidade::host
