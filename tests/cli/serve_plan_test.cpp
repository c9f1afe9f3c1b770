// `serve-plan`: what serving a language model takes.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "program.hpp"
#include "schema_objections.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::string kDecode = ALIDADE_SOURCE_DIR "/tests/data/serving/smollm2_135m.decode.pt2";
const std::string kPrefill = ALIDADE_SOURCE_DIR "/tests/data/serving/smollm2_135m.prefill.pt2";

Ran serve(std::vector<std::string> args, const std::string& device = "h100_sxm") {
  args.insert(args.begin(), {"serve-plan", kDecode, "--on", device});
  return run_program(ALIDADE_BIN, args);
}
json plan(std::vector<std::string> args, const std::string& device = "h100_sxm") {
  args.insert(args.end(), {"--format", "json"});
  const auto ran = serve(args, device);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto document = json::parse(ran.out);
  CHECK(schema_objections("serving", document) == "");
  return document["targets"][0];
}
double estimated(const std::string& file, const std::string& bind, const std::string& dtype,
                 const std::string& device = "h100_sxm") {
  const auto ran = run_program(
      ALIDADE_BIN, {"estimate", file, "--bind", bind, "--on", device, "--dtype", dtype, "--format", "json"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return json::parse(ran.out)[0]["time_s"];
}

}  // namespace

// 30 layers keep keys and values of 3 heads of 64 numbers: the figures of the published configuration.
TEST_CASE("the cache of a token is what the configuration makes it") {
  const auto cache = plan({})["memory"]["cache"];
  REQUIRE(cache.size() == 1);
  CHECK(cache[0]["kind"] == "full");
  CHECK(cache[0]["tensors"] == 60);
  CHECK(cache[0]["bytes_per_token"] == 30 * 2 * 3 * 64 * 2);
  CHECK(plan({"--cache-dtype", "i8"})["memory"]["cache"][0]["bytes_per_token"] == 30 * 2 * 3 * 64);
}

TEST_CASE("weights are the published parameters in the numbers that were asked for") {
  CHECK(plan({})["memory"]["weight_bytes"].get<double>() == Approx(2 * 134515008).epsilon(0.001));
}

// Sizes that no sample has: the polynomials have to meet what the graph makes of them.
TEST_CASE("a prompt takes what the graph of its size is estimated to take") {
  for (const std::string length : {"333", "1536", "3000"}) {
    const auto point = plan({"--context", length, "--batch", "1"})["points"][0];
    const double alone = estimated(kPrefill, "batch=1,seq=" + length, "bf16");
    CHECK(point["first_token_device_s"].get<double>() == Approx(alone).epsilon(0.03));
  }
}

// A model that looks at who reads what: kernels that come back are one, and read what the first of them does.
TEST_CASE("a prompt takes on an accelerator what its graph is estimated to take there") {
  const auto point = plan({"--context", "512", "--batch", "1"}, "trn1")["points"][0];
  const double alone = estimated(kPrefill, "batch=1,seq=512", "bf16", "trn1");
  CHECK(point["first_token_device_s"].get<double>() == Approx(alone).epsilon(0.1));
}

TEST_CASE("a token takes less than a graph that copies its cache") {
  const auto point = plan({"--context", "4096", "--batch", "64"})["points"][0];
  CHECK(point["token_device_s"].get<double>() < estimated(kDecode, "batch=64,past=4096", "bf16"));
  const double cache_s = 64.0 * 4096 * 30 * 2 * 3 * 64 * 2 / 3.352e12;
  CHECK(point["token_device_s"].get<double>() > cache_s);
}

TEST_CASE("more sequences and longer ones take longer, and narrower caches less") {
  const auto points = plan({"--context", "1k,8k", "--batch", "1,32"})["points"];
  REQUIRE(points.size() == 4);
  CHECK(points[1]["token_s"] > points[0]["token_s"]);
  CHECK(points[3]["token_s"] > points[1]["token_s"]);
  CHECK(points[3]["tokens_per_s"] > points[2]["tokens_per_s"]);
  const auto narrow = plan({"--context", "8k", "--batch", "32", "--cache-dtype", "f8e4m3"})["points"][0];
  CHECK(narrow["token_device_s"] < points[3]["token_device_s"]);
  CHECK(narrow["cache_needed_bytes"].get<double>() * 2 == points[3]["cache_needed_bytes"].get<double>());
}

TEST_CASE("a cache of whole numbers is read in the bits that it has") {
  const auto token = [](const std::string& type) {
    return plan({"--context", "16k", "--batch", "64", "--cache-dtype", type})["points"][0]["token_device_s"]
        .get<double>();
  };
  CHECK(token("i8") == Approx(token("f8e4m3")).epsilon(0.001));
  CHECK(token("i4") < token("i8"));
}

TEST_CASE("a cache is kept in numbers of 32 bits at most") {
  for (const std::string type : {"bool", "i64", "f64", "c64", "nosuch"}) {
    const auto ran = serve({"--cache-dtype", type});
    CHECK(ran.code == 2);
    CHECK(ran.err ==
          "error: found '" + type + "'\n  --> --cache-dtype\n  fix: name a type: bf16, f16, f8e4m3, i8\n");
  }
}

TEST_CASE("what an engine allocates is whole pages") {
  const auto point = plan({"--context", "1000", "--batch", "3"})["points"][0];
  CHECK(point["cache_needed_bytes"] == 3.0 * 1000 * 23040);
  CHECK(point["cache_allocated_bytes"] == 3.0 * 1008 * 23040);
}

// Weights are read once for a prompt and the tokens beside it, so that its share is less than it takes by
// itself.
TEST_CASE("prompts of others slow a token down by their share at most, and let a first token wait") {
  const auto alone = plan({"--context", "2048", "--batch", "16"})["points"][0];
  const auto mixed = plan({"--context", "2048", "--generate", "1024", "--batch", "16"})["points"][0];
  CHECK(mixed["first_token_device_s"] < alone["first_token_device_s"]);
  CHECK(mixed["first_token_s"].get<double>() > 2 * mixed["first_token_device_s"].get<double>());
  const double host = alone["token_s"].get<double>() - alone["token_device_s"].get<double>();
  const double prompts = mixed["token_s"].get<double>() - mixed["token_device_s"].get<double>() - host;
  const double share = 16 * mixed["first_token_device_s"].get<double>() / 1024;
  // a first token that waits is as uncertain as what it waits for
  const auto width = [](const json& point) {
    return (point["first_token_band_high_s"].get<double>() - point["first_token_band_low_s"].get<double>()) /
           point["first_token_s"].get<double>();
  };
  const auto by_itself = plan({"--context", "1024", "--batch", "1"})["points"][0];
  CHECK(width(mixed) == Approx(width(by_itself)).epsilon(0.05));
  CHECK(prompts > 0.05 * share);
  CHECK(prompts < share);
}

TEST_CASE("shorter prompts and answers take less, and the page says how short they are") {
  const std::vector<std::string> asked{"--context", "2048", "--generate", "1024", "--batch", "16"};
  auto drawn = asked;
  drawn.insert(drawn.end(), {"--shortest", "0.8"});
  CHECK(plan(drawn)["points"][0]["first_token_s"] < plan(asked)["points"][0]["first_token_s"]);
  CHECK(plan(drawn)["points"][0]["token_device_s"] < plan(asked)["points"][0]["token_device_s"]);
  CHECK(serve(drawn).out.find(
            "answers of 1,024 tokens, 10 requests of each client, all from 80 % of their length "
            "on\n") != std::string::npos);
}

TEST_CASE("a goal that no batch meets says the nearest") {
  const auto ran = serve({"--context", "1k", "--batch", "1", "--tpot", "10us"});
  CHECK(ran.code == 0);
  CHECK(ran.out.find("no batch keeps the goal: the nearest is ") != std::string::npos);
  const auto limit = plan({"--context", "1k", "--batch", "1", "--tpot", "20ms"})["limits"][0];
  CHECK(limit["goal_batch"].get<int>() > 1);
  CHECK(limit["goal_batch"] <= limit["largest_batch"]);
}

TEST_CASE("degrees that do not divide the model are told") {
  const auto ran = serve({"--tp", "2"});
  CHECK(ran.code == 2);
  CHECK(ran.err == "error: --tp 2 does not divide the 9 heads of the model\n  fix: these do: 1, 3, 9\n");
  CHECK(serve({"--ep", "4"}).err ==
        "error: --ep 4 divides experts: the model has none\n  fix: leave --ep out\n");
  CHECK(serve({"--imbalance", "1.5"}).err ==
        "error: --imbalance 1.5 is more than the 1 device of --ep\n  fix: one of them can have all rows, "
        "which is "
        "so many times the mean; 1: each has as many\n");
}

TEST_CASE("two stages hold about half of the weights each") {
  const double whole = plan({})["memory"]["weight_bytes"];
  const double half = plan({"--pp", "2"})["memory"]["weight_bytes"];
  CHECK(half < whole);
  CHECK(half > whole / 2);
}

// 30 layers in 4 stages: the fullest holds 8 of them, and each layer of the cache is somewhere whole.
TEST_CASE("stages hold whole layers, one at least") {
  const double whole = plan({})["memory"]["cache"][0]["bytes_per_token"];
  for (const int stages : {2, 4, 7, 30})
    CHECK(plan({"--pp", std::to_string(stages)})["memory"]["cache"][0]["bytes_per_token"] ==
          whole * ((30 + stages - 1) / stages) / 30);
  CHECK(serve({"--pp", "31"}).err ==
        "error: --pp 31 is more than the 30 layers of the model\n  fix: a stage holds a layer at least\n");
}

// Two stages of 15 layers each hold half of a sequence's cache, of two batches under way: that of one whole.
TEST_CASE("caches are of every batch that stages have under way") {
  const auto one = plan({"--context", "2k", "--batch", "64"})["points"][0],
             two = plan({"--context", "2k", "--batch", "64", "--pp", "2"})["points"][0];
  CHECK(two["cache_needed_bytes"] == one["cache_needed_bytes"]);
  CHECK(two["cache_allocated_bytes"] == one["cache_allocated_bytes"]);
}

// 30 layers: of a prompt of 4,096 tokens each of 2 devices gathers keys and values of 3 heads of 64, and of a
// token the 9 heads' results.
TEST_CASE("devices that share a sequence hold its part of the cache each, and tell one another the rest") {
  const auto whole = plan({"--context", "8k", "--batch", "4"}),
             half = plan({"--context", "8k", "--batch", "4", "--cp", "2"});
  CHECK(half["memory"]["cache"][0]["bytes_per_token"] == 23040 / 2);
  CHECK(half["memory"]["weight_bytes"] == whole["memory"]["weight_bytes"]);
  const auto &before = whole["points"][0], &after = half["points"][0];
  CHECK(after["cache_needed_bytes"].get<double>() * 2 == before["cache_needed_bytes"].get<double>());
  // projections of half the tokens, and half of the scores
  const double first = before["first_token_device_s"], part = after["first_token_device_s"];
  CHECK(part > 0.45 * first);
  CHECK(part < 0.75 * first);
  CHECK(after["token_device_s"] < before["token_device_s"]);
  REQUIRE(half["collectives"].size() == 1);
  CHECK(half["collectives"][0] ==
        json({{"kind", "all_reduce"}, {"devices", 2}, {"count", 30}, {"bytes", 4 * 9 * 64 * 2}}));
  CHECK(serve({"--cp", "3"}).err ==
        "error: the table 'NVLink 4 with NVSwitch: HGX H100, H200' has no all_gather between 3 devices, only "
        "between 2, 4, 8\n  fix: choose a degree that it has, or add rows to it\n");
}

TEST_CASE("of stages the page says how many sequences each batch under way may have") {
  const auto one = serve({"--context", "2k", "--batch", "1", "--tpot", "20ms"}),
             two = serve({"--context", "2k", "--batch", "1", "--tpot", "20ms", "--pp", "2"});
  CHECK(std::regex_search(one.out, std::regex("at most \\d+,?\\d* sequences fit; up to \\d+,?\\d* keep")));
  CHECK(std::regex_search(two.out, std::regex("at most \\d+,?\\d* sequences in each of 2 batches fit; "
                                              "up to \\d+,?\\d* in each keep")));
}

// 64 sequences of 8k tokens: the cache is 12 GB in 16 bits, of which the memory reads 3.35 TB/s at best.
TEST_CASE("a cache in 32 bits takes the time of as many bytes more, whatever products are in") {
  const auto step = [](const std::string& type) {
    return plan({"--context", "8k", "--batch", "64", "--cache-dtype", type})["points"][0]["token_device_s"]
        .get<double>();
  };
  const double more = step("f32") - step("bf16"), least = 64.0 * 8192 * 23040 / 3.352e12;
  CHECK(more > least);
  CHECK(more < 1.3 * least);
}

// An H100 draws 81 W when nothing runs, and 700 at most.
TEST_CASE("devices draw what a token takes, idling and the prompt included") {
  const auto watts = [](std::vector<std::string> args) {
    args.insert(args.begin(), {"--context", "2k", "--batch", "16"});
    const auto point = plan(args)["points"][0];
    return point["joules_per_token"].get<double>() * point["tokens_per_s"].get<double>();
  };
  for (const double devices : {1.0, 2.0}) {
    const auto stages = std::to_string(static_cast<int>(devices));
    for (const std::string answer : {"0", "64", "1024"}) {
      const double drawn = watts({"--pp", stages, "--generate", answer});
      CHECK(drawn > 81 * devices);
      CHECK(drawn < 700 * devices);
    }
  }
  const auto joules = [](const std::string& answer) {
    return plan({"--context", "2k", "--batch", "16", "--generate", answer})["points"][0]["joules_per_token"]
        .get<double>();
  };
  CHECK(joules("64") > 1.3 * joules("1024"));  // a prompt nearly twice as long for a sixteenth of the tokens
}

TEST_CASE("several models of which some cannot be planned end with 5, for one reason with its code") {
  const auto codes = [](std::vector<std::string> models) {
    models.insert(models.begin(), "serve-plan");
    models.insert(models.end(), {"--on", "h100_sxm", "--context", "1k", "--batch", "1"});
    return run_program(ALIDADE_BIN, models).code;
  };
  CHECK(codes({"resnet18", kDecode}) == 5);
  CHECK(codes({"resnet18", "resnet18"}) == 3);
}

TEST_CASE("as many sequences fit as the memory has room for") {
  const auto found = plan({"--context", "16", "--batch", "1"});
  const double pool = found["memory"]["cache_pool_bytes"];
  CHECK(found["limits"][0]["largest_batch"].get<double>() == std::floor(pool / (16 * 23040)));
}

TEST_CASE("where nothing is left for caches none are promised") {
  const auto found = plan({"--memory-share", "0.01", "--context", "1k", "--batch", "1"}, "l4");
  CHECK(found["memory"]["cache_pool_bytes"] == 0);
  CHECK(found["limits"][0]["largest_batch"] == 0);
}

TEST_CASE("figures of an engine that cannot be are told with their lines") {
  const ScratchFolder folder;
  const auto said = [&](const std::string& line) {
    write_text(folder / "e.toml", "schema = \"alidade.engine/1\"\n" + line + "\n");
    const auto ran = serve({"--engine", folder / "e.toml"});
    CHECK(ran.code == 2);
    return ran.err.substr(0, ran.err.find('\n'));
  };
  CHECK(said("page_tokens = 0") == "error: expected page_tokens from 1 to 1e+09, found 0");
  CHECK(said("token_us = -1") == "error: expected token_us from 0 to 1e+09, found -1");
  CHECK(said("step_ms = -1000") == "error: expected step_ms from 0 to 1e+09, found -1000");
  CHECK(said("logit_rows = inf") == "error: expected logit_rows from 0 to 1e+09, found inf");
  CHECK(said("memory_share = nan") == "error: expected memory_share from 0.01 to 1, found nan");
  CHECK(said("other_mib = \"much\"") == "error: expected other_mib from 0 to 1e+09, found \"much\"");
}

TEST_CASE("an answer is a part of its sequence, and a share a part of the memory") {
  CHECK(serve({"--context", "2k", "--generate", "3k"}).err ==
        "error: found '3k'\n  --> --generate\n  fix: the answer is a part of the sequence: fewer tokens than "
        "the "
        "shortest --context, 2,048\n");
  CHECK(serve({"--memory-share", "nan"}).err ==
        "error: found 'n/a'\n  --> --memory-share\n  fix: write a share from 0.01 to 1\n");
  CHECK(serve({"--shortest", "80"}).err ==
        "error: found '80'\n  --> --shortest\n  fix: write a share from 0.01 to 1\n");
}

TEST_CASE("a model that keeps no cache is told") {
  const auto ran = run_program(ALIDADE_BIN, {"serve-plan", "resnet18", "--on", "h100_sxm"});
  CHECK(ran.code == 3);
  CHECK(ran.err.find("the model keeps no cache between tokens: none of its outputs comes back as an input") !=
        std::string::npos);
}

TEST_CASE("amounts that are none are told with their flags") {
  const auto ran = serve({"--context", "8q", "--tpot", "50"});
  CHECK(ran.code == 2);
  CHECK(ran.err ==
        "error: found '8q'\n  --> --context\n  fix: write a number of tokens from 1 on: 4096, 8k\n"
        "error: found '50'\n  --> --tpot\n  fix: write a time with its unit: 50ms, 1.5s\n");
}
