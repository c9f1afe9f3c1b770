// `sweep`, its stores, and what is made of them.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "alidade/base/text.hpp"
#include "html_page.hpp"
#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

Ran sweep(std::vector<std::string> args) {
  args.insert(args.begin(), "sweep");
  return run_program(ALIDADE_BIN, args);
}
json query(const std::string& store, const std::string& condition = "number >= 0") {
  const auto ran = run_program(ALIDADE_BIN, {"query", store, condition, "--json"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return json::parse(ran.out);
}
/// Every column of every point, in order.
std::string csv(const std::string& store) {
  const auto ran = run_program(ALIDADE_BIN, {"query", store, "--csv"});
  REQUIRE(ran.code == 0);
  return ran.out;
}
/// What a person sees of a sweep that does not begin.
std::string refused(std::vector<std::string> args) {
  const auto ran = sweep(std::move(args));
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

/// Puts another number into the head of an SQLite file: 60 is its version, 68 the program that it is of.
void put_number(const std::string& store, std::size_t at, char last_byte) {
  auto bytes = read_text(store);
  bytes.replace(at, 4, std::string{'\0', '\0', '\0', last_byte});
  write_text(store, bytes);
}

}  // namespace

TEST_CASE("a point of a sweep is what estimate says of it") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  const auto ran = sweep({"resnet18", "llama_tiny", "--axis", "on=h100_sxm,l4", "--axis", "batch=1,8",
                          "--axis", "precision=fp32,bf16", "--bind", "seq=16", "-o", store});
  REQUIRE(ran.code == 0);
  CHECK(ran.out == "16 of 16 points in " + store + "\n");
  const auto points = query(store);
  REQUIRE(points.size() == 16);
  CHECK(points[0]["model"] == "resnet18");
  CHECK(points[1]["precision"] == "bf16");
  CHECK(points[2]["on"] == "l4");
  CHECK(points[4]["batch"] == 8);
  const auto alone =
      run_program(ALIDADE_BIN, {"estimate", "resnet18", "llama_tiny", "--bind", "seq=16", "--on",
                                "h100_sxm,l4", "--batch", "1,8", "--dtype", "bf16", "--format", "json"});
  REQUIRE(alone.code == 0);
  const auto rows = json::parse(alone.out);
  REQUIRE(rows.size() == 8);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const auto* key : {"time_s", "per_second", "memory_bytes", "fits", "bound", "batch"})
      CHECK(points[2 * i + 1][key] == rows[i][key]);
}

TEST_CASE("a symbol that a sweep binds gives what binding it alone gives") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  REQUIRE(sweep({"bert_base", "--axis", "bind.seq=16,128", "--axis", "batch=1,4", "--on", "l4", "-o", store})
              .code == 0);
  const auto points = query(store, "bind.seq == 128 and batch == 4");
  REQUIRE(points.size() == 1);
  const auto alone = run_program(ALIDADE_BIN, {"estimate", "bert_base", "--bind", "seq=128", "--batch", "4",
                                               "--on", "l4", "--format", "json"});
  const auto row = json::parse(alone.out).at(0);
  CHECK(points[0]["time_s"] == row["time_s"]);
  CHECK(points[0]["memory_bytes"] == row["memory_bytes"]);
}

namespace {

/// Points that take a while.
std::vector<std::string> many_points(const std::string& store) {
  return {"mobilenet_v2",
          "resnet50",
          "swin_t",
          "--on",
          "h100_sxm,l4,t4,xeon_8480p",
          "--batch",
          "1,2,3,4,5,6,7,8,16,32,64,128",
          "-j",
          "2",
          "-o",
          store};
}

/// Begins a sweep and sends it a signal after so many milliseconds: how it ended, and what it said.
struct Stopped {
  int status = 0;
  std::string said;
};
Stopped stopped_sweep(const std::string& store, int signal, unsigned after_ms) {
  const ScratchFolder folder;
  auto args = many_points(store);
  args.insert(args.begin(), {ALIDADE_BIN, "sweep"});
  std::vector<char*> argv;
  for (auto& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  const pid_t program = fork();
  if (program == 0) {
    dup2(open("/dev/null", O_WRONLY), 1);
    dup2(open((folder / "err").c_str(), O_WRONLY | O_CREAT, 0600), 2);
    execv(ALIDADE_BIN, argv.data());
    _exit(127);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(after_ms));
  kill(program, signal);
  Stopped out;
  waitpid(program, &out.status, 0);
  out.said = read_text(folder / "err");
  return out;
}

}  // namespace

TEST_CASE("a sweep that is killed goes on where it stopped, and ends with the same points") {
  const ScratchFolder folder;
  const auto whole = folder / "whole.db", killed = folder / "killed.db";
  REQUIRE(sweep(many_points(whole)).code == 0);
  std::mt19937 random(7);
  int stopped = 0;
  for (int attempt = 0; attempt < 12; ++attempt)
    stopped += WIFSIGNALED(stopped_sweep(killed, SIGKILL, random() % 60).status) ? 1 : 0;
  CHECK(stopped > 0);
  REQUIRE(sweep(many_points(killed)).code == 0);
  CHECK(csv(killed) == csv(whole));
  CHECK(folder.names() == std::set<std::string>{"killed.db", "whole.db"});
}

TEST_CASE("a sweep that is interrupted says how to go on, and goes on") {
  const ScratchFolder folder;
  const auto whole = folder / "whole.db", store = folder / "interrupted.db";
  REQUIRE(sweep(many_points(whole)).code == 0);
  const std::string last =
      "interrupted: the points so far are kept, and the same command goes on with the others\n";
  int said = 0;
  for (unsigned attempt = 0; attempt < 60 && said < 3; ++attempt) {
    const int signal = attempt % 2 == 0 ? SIGINT : SIGTERM;
    const auto [status, words] = stopped_sweep(store, signal, 5 + attempt * 7 % 90);
    if (!WIFEXITED(status)) continue;  // it had not begun
    if (WEXITSTATUS(status) == 0) {    // it was done
      std::filesystem::remove(store);
      continue;
    }
    CHECK(WEXITSTATUS(status) == 128 + signal);
    CHECK((words.empty() || words == last));  // empty where it had not come to the points
    said += words == last ? 1 : 0;
  }
  CHECK(said > 0);
  REQUIRE(sweep(many_points(store)).code == 0);
  CHECK(csv(store) == csv(whole));
  CHECK(folder.names() == std::set<std::string>{"interrupted.db", "whole.db"});
}

TEST_CASE("a sweep is the same at any number of threads") {
  const ScratchFolder folder;
  std::set<std::string> tables;
  for (const std::string threads : {"1", "2", "7"}) {
    const auto store = folder / (threads + ".db");
    REQUIRE(
        sweep({"resnet18", "mobilenet_v2", "--on", "l4,t4", "--batch", "1,3,9", "-j", threads, "-o", store})
            .code == 0);
    tables.insert(csv(store));
  }
  CHECK(tables.size() == 1);
}

TEST_CASE("a point that fails is kept with its reason, and the sweep goes on") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  const std::vector<std::string> args{"resnet18", "--on", "t4,l4", "--axis", "precision=f8,f16", "-o", store};
  const auto ran = sweep(args);
  CHECK(ran.code == 5);
  CHECK(ran.out == "4 of 4 points in " + store + "\n");
  CHECK(ran.err ==
        "error: 1 of 4 points failed; the first, resnet18, on t4, precision f8: 't4' has no f8: it has f32, "
        "amp_f16, f16, i8\n  fix: 'alidade query " +
            store + " failed' lists them\n");
  const auto failed = query(store, "failed");
  REQUIRE(failed.size() == 1);
  CHECK(failed[0]["time_s"] == nullptr);
  CHECK(query(store, "not failed").size() == 3);
  const auto again = sweep(args);
  CHECK(again.code == 5);
  CHECK(again.out == ran.out);
}

TEST_CASE("a value that a model refuses costs its points alone") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  const auto ran =
      sweep({"resnet18", "llama_tiny", "--axis", "bind.seq=16", "--batch", "1", "--on", "l4", "-o", store});
  CHECK(ran.code == 5);
  CHECK(ran.err ==
        "error: 1 of 2 points failed; the first, resnet18, bind.seq 16, batch 1, on l4: the model has no "
        "symbol 'seq': "
        "all of its sizes are fixed\n  fix: 'alidade query " +
            store + " failed' lists them\n");
}

TEST_CASE("a device is swept over as it might be") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  const auto ran = sweep({"resnet18", "--on", "l4", "--axis", "figure.dram_gbps=150,600.5", "--axis",
                          "figure.peak_tflops.f32=60", "-o", store});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  for (const auto& point : query(store)) {
    const auto gbps = point.at("figure.dram_gbps").get<double>();
    const auto alone =
        run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", "l4", "--format", "json", "--set",
                                  "hardware.l4.dram_gbps=" + std::to_string(gbps), "--set",
                                  "hardware.l4.peak_tflops={f32 = 60, tf32 = 60.5, bf16 = 121, f16 = 121}"});
    INFO(alone.err);
    REQUIRE(alone.code == 0);
    CHECK(point.at("time_s") == json::parse(alone.out).at(0).at("time_s"));
    CHECK(point.at("figure.peak_tflops.f32") == 60);
  }
}

TEST_CASE("a figure that a device lacks, or that makes no sense, is told with its point") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  REQUIRE(sweep({"resnet18", "--on", "l4", "--axis", "figure.dram_gps=150", "-o", store}).code == 5);
  CHECK(query(store).at(0).at("error") == "'l4' has no figure 'dram_gps' (did you mean 'dram_gbps'?)");
  const auto negative = folder / "n.db";
  REQUIRE(sweep({"resnet18", "--on", "l4", "--axis", "figure.dram_gbps=-1", "-o", negative}).code == 5);
  CHECK(query(negative).at(0).at("error") ==
        "'dram_gbps' of 'l4': expected a number above 0 and at most 1e+05, in GB/s, found -1");
}

TEST_CASE("axes that no sweep has are told") {
  const std::string base = "  --> --axis\n";
  CHECK(refused({"resnet18", "--axis", "precison=f16", "--on", "l4"}) ==
        "error: there is no axis 'precison' (did you mean 'precision'?)\n" + base +
            "  fix: axes: batch, bind.NAME, on, precision, backend, layout, figure.NAME\n");
  CHECK(refused({"resnet18", "--axis", "figure.dram_gbps=fast", "--on", "l4"}) ==
        "error: the axis 'figure.dram_gbps' takes numbers, found 'fast'\n" + base);
  CHECK(refused({"resnet18", "--axis", "batch", "--on", "l4"}) ==
        "error: expected KEY=VALUE,VALUE, found 'batch'\n" + base +
            "  fix: for example --axis batch=1,8,64 or --axis on=h100_sxm,l4\n");
  CHECK(refused({"resnet18", "--axis", "batch=", "--on", "l4"}) ==
        "error: the axis 'batch' has no values\n" + base +
            "  fix: give it one or more, as in batch=1,8,64\n");
  CHECK(refused({"resnet18", "--axis", "batch=0", "--on", "l4"}) ==
        "error: the axis 'batch' takes whole numbers from 1 to 1099511627776, found '0'\n" + base);
  CHECK(refused({"resnet18", "--axis", "batch=4,4", "--on", "l4"}) ==
        "error: the axis 'batch' has the value '4' twice\n" + base + "  fix: give it once\n");
  CHECK(refused({"resnet18", "--axis", "batch=4", "--batch", "2", "--on", "l4"}) ==
        "error: the axis 'batch' is given twice\n  --> --batch\n  fix: give all of its values in one list\n");
  CHECK(refused({"resnet18", "--axis", "precision=f17", "--on", "l4"}) ==
        "error: the axis 'precision' takes one of as_captured, f32, tf32, amp_bf16, amp_f16, bf16, f16, f8, "
        "i8, w8, w4, nvfp4, mxfp4, "
        "found 'f17' (did you mean 'f16'?)\n" +
            base);
  CHECK(refused({"resnet18"}) ==
        "error: there is no device to estimate on\n" + base + "  fix: name some: --axis on=h100_sxm,l4\n");
  CHECK(refused({"resnet18", "--on", "l4x"}) ==
        "error: there is no device 'l4x' (did you mean 'l4'?)\n  --> --on\n  fix: 'alidade hardware list' "
        "shows the "
        "devices that there are; a new one is a file l4x.toml in a folder of ALIDADE_HARDWARE_PATH\n");
}

TEST_CASE("a shard is one of so many") {
  for (const std::string shard : {"5/4", "0/4", "2", "a/b", "1/0"})
    CHECK(refused({"resnet18", "--on", "l4", "--shard", shard, "-o", "x.db"}) ==
          "error: expected a part of so many, 1/4 to 4/4 for four, found '" + shard + "'\n  --> --shard\n");
}

TEST_CASE("a pipeline says what varies, and a flag says it otherwise") {
  const ScratchFolder folder;
  const auto store = folder / "s.db", pipeline = folder / "p.toml";
  write_text(pipeline,
             "[[model]]\npath = \"" ALIDADE_SOURCE_DIR
             "/models/resnet18.onnx\"\n\n[[hardware]]\ndevice = \"l4\"\nid = \"ours\"\nusd_per_hour = "
             "3.6\n\n[[axis]]\nkey = \"batch\"\nvalues = [1, 4]\n\n[[axis]]\nkey = \"on\"\nvalues = "
             "[\"ours\", \"t4\"]\n");
  REQUIRE(sweep({pipeline, "-o", store}).code == 0);
  const auto points = query(store, "usd_per_million >= 0 or batch == 1");
  REQUIRE(points.size() == 3);
  CHECK(points[0]["on"] == "ours");
  CHECK(points[1]["on"] == "t4");
  CHECK(points[1]["usd_per_million"] == nullptr);
  // 3.6 dollars an hour are 0.001 a second; a million examples take a million over so many a second
  CHECK(points[0]["usd_per_million"].get<double>() ==
        Approx(1e6 * 0.001 / points[0]["per_second"].get<double>()).epsilon(1e-12));
  const auto other = folder / "o.db";
  const auto ran = sweep({pipeline, "--batch", "2,3,5", "--on", "ours", "-o", other});
  CHECK(ran.out == "3 of 3 points in " + other + "\n");
  const auto run = run_program(ALIDADE_BIN, {"run", pipeline});
  CHECK(run.code == 2);
  CHECK(run.err.starts_with("error: [[axis]] is for a sweep, and a run has none\n  --> " + pipeline + ":"));
}

TEST_CASE("a store of another sweep is left as it is") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  REQUIRE(sweep({"resnet18", "--on", "l4", "--batch", "1,2", "-o", store}).code == 0);
  const auto before = read_text(store);
  CHECK(refused({"resnet18", "--on", "l4", "--batch", "1,2,4", "-o", store}) ==
        "error: the store '" + store +
            "' is of another sweep: it has 'axis batch = 1, 2', and this one 'axis batch = 1, 2, 4'\n  fix: "
            "write to "
            "another store with -o, or remove this one\n");
  CHECK(query(store).size() == 2);
  put_number(store, 60, 9);
  CHECK(refused({"resnet18", "--on", "l4", "--batch", "1,2", "-o", store}) ==
        "error: the store '" + store +
            "' is of version 9, and this program reads version 2\n  fix: read it with the program that wrote "
            "it, or "
            "run the sweep anew\n");
  put_number(store, 68, 1);
  CHECK(refused({"resnet18", "--on", "l4", "--batch", "1,2", "-o", store}) ==
        "error: '" + store +
            "' is no store of a sweep: it is another program's database\n  fix: 'alidade sweep ... -o STORE' "
            "makes "
            "one\n");
  CHECK(read_text(store).size() == before.size());
  const auto text = folder / "notes.db";
  write_text(text, "these are notes, and no database at all\n");
  CHECK(refused({"resnet18", "--on", "l4", "-o", text}) ==
        "error: '" + text +
            "' is no store of a sweep, or is damaged\n  fix: 'alidade sweep ... -o STORE' makes one\n");
  CHECK(read_text(text) == "these are notes, and no database at all\n");
}

TEST_CASE("a store that another process writes is told") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  REQUIRE(sweep({"resnet18", "--on", "l4", "-o", store}).code == 0);
  const int file = open(store.c_str(), O_RDWR);
  struct flock lock{};
  lock.l_type = F_WRLCK, lock.l_start = 0x40000000, lock.l_len = 512;  // where SQLite locks a file
  REQUIRE(fcntl(file, F_SETLK, &lock) == 0);
  const std::string said =
      "error: the store '" + store +
      "' is being written by another process\n  fix: wait until that is done; processes that "
      "share a sweep have a store each, and 'alidade merge' joins them\n";
  const auto written = sweep({"resnet18", "--on", "l4", "-o", store});
  CHECK(written.code == 6);
  CHECK(written.err == said);
  CHECK(run_program(ALIDADE_BIN, {"query", store, "failed"}).err == said);
  close(file);
}

TEST_CASE("a model that has become another does not go into the same store") {
  const ScratchFolder folder;
  const auto store = folder / "s.db", model = folder / "m.alg";
  const auto graph = [](const std::string& op) {
    return "graph \"g\" {\n  input %x : f32[4,8]\n  %y = " + op + "(%x) : f32[4,8]\n  return %y\n}\n";
  };
  const std::vector<std::string> args{model, "--on", "l4", "--batch", "1,2", "-o", store};
  auto half = args;
  half.insert(half.end(), {"--shard", "1/2"});
  write_text(model, graph("relu"));
  REQUIRE(sweep(half).code == 0);
  write_text(model, graph("tanh"));
  CHECK(refused(args) ==
        "error: the model 'm' is not the one that the points in '" + store +
            "' are of: its graph has changed\n  fix: write to another store with -o, or remove this "
            "one\n");
  CHECK(query(store).size() == 1);
}

TEST_CASE("parts that were swept apart merge into the whole") {
  const ScratchFolder folder;
  const auto whole = folder / "whole.db", merged = folder / "merged.db";
  const auto with = [](std::vector<std::string> more) {
    std::vector<std::string> args{"resnet18", "mobilenet_v2", "--on", "l4,t4", "--batch", "1,2,4"};
    args.insert(args.end(), more.begin(), more.end());
    return sweep(args);
  };
  REQUIRE(with({"-o", whole}).code == 0);
  std::vector<std::string> merge{"merge"};
  for (const std::string part : {"1", "2", "3", "4"}) {
    const auto store = folder / (part + ".db");
    const auto ran = with({"--shard", part + "/4", "-o", store});
    CHECK(ran.out == std::string(part < "3" ? "4" : "2") + " of 12 points in " + store + "\n");
    merge.push_back(store);
  }
  const auto some = run_program(ALIDADE_BIN, {"merge", merge[1], merge[2], "-o", merged});
  CHECK(some.out == "8 of 12 points in " + merged + "\n");
  const auto asked = run_program(ALIDADE_BIN, {"query", merged, "failed"});
  CHECK(asked.err ==
        "warning: '" + merged +
            "' has 8 of 12 points; the same 'alidade sweep' goes on with it [incomplete-sweep]\n");
  merge.insert(merge.end(), {"-o", merged});
  CHECK(run_program(ALIDADE_BIN, merge).out == "12 of 12 points in " + merged + "\n");
  CHECK(csv(merged) == csv(whole));

  const auto other = folder / "other.db";
  REQUIRE(sweep({"resnet18", "--on", "l4", "-o", other}).code == 0);
  const auto refused = run_program(ALIDADE_BIN, {"merge", whole, other, "-o", folder / "x.db"});
  CHECK(refused.code == 2);
  CHECK(refused.err == "error: the store '" + other + "' is of another sweep: it has 'axis on = l4', and '" +
                           whole +
                           "' 'axis batch = 1, 2, 4'\n  fix: merge stores that --shard made of one sweep\n");
  const auto onto = run_program(ALIDADE_BIN, {"merge", whole, other, "-o", whole});
  CHECK(onto.err ==
        "error: '" + whole + "' is read, and cannot be written\n  fix: name another file with -o\n");
}

TEST_CASE("a merge into a link writes the file that it names, on another disk as well") {
  const ScratchFolder folder;
  const auto part = folder / "part.db", link = folder / "link.db";
  std::string merged = "/dev/shm/alidade-test-XXXXXX";
  ::close(::mkstemp(merged.data()));
  REQUIRE(sweep({"resnet18", "--on", "l4", "-o", part}).code == 0);
  std::filesystem::create_symlink(merged, link);
  CHECK(run_program(ALIDADE_BIN, {"merge", part, "-o", link}).out == "1 of 1 points in " + link + "\n");
  CHECK(csv(merged) == csv(part));
  std::filesystem::remove(merged);
}

TEST_CASE("points are written as they are asked for") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  REQUIRE(sweep({"resnet18", "--on", "l4", "--batch", "1,2", "-o", store}).code == 0);
  const auto table = csv(store);
  CHECK(table.starts_with(
      "number,model,batch,on,device,component,backend,precision,layout,unpriced_ops,time_s,"));
  CHECK(std::ranges::count(table, '\n') == 3);
  const auto best =
      run_program(ALIDADE_BIN, {"query", store, "fits", "--sort", "per_second", "--limit", "1", "--json"});
  const auto row = json::parse(best.out).at(0);
  CHECK(row["batch"] == 2);
  const auto columns = alidade::text::split(table.substr(0, table.find('\r')), ',');
  REQUIRE(row.size() == columns.size());
  for (const auto& column : columns) CHECK(row.contains(column));
  const auto wrong = run_program(ALIDADE_BIN, {"query", store, "fits", "--sort", "speed"});
  CHECK(wrong.code == 2);
  const auto fields = run_program(ALIDADE_BIN, {"query", store, "--fields"});
  CHECK(fields.out.starts_with(store + ": fields of a point\n  number\n  model\n  batch\n"));
  CHECK(wrong.err == "error: there is no field 'speed'\n  fix: all " +
                         std::to_string(std::ranges::count(fields.out, '\n') - 1) +
                         ": alidade query MODEL --fields\n");
  const auto model = run_program(ALIDADE_BIN, {"query", "resnet18", "depthwise", "--csv"});
  CHECK(model.err ==
        "error: --csv is for the stores of sweeps\n  fix: operators of models: alidade profile MODEL "
        "--format csv\n");
}

TEST_CASE("a store that is not there is a mistake of the command line") {
  const ScratchFolder folder;
  const auto store = folder / "s.db", none = folder / "none.db";
  REQUIRE(sweep({"resnet18", "--on", "l4", "-o", store}).code == 0);
  for (const auto& args : std::vector<std::vector<std::string>>{
           {"query", store, none, "fits"}, {"merge", store, none, "-o", folder / "all.db"}}) {
    const auto ran = run_program(ALIDADE_BIN, args);
    CHECK(ran.code == 2);
    CHECK(ran.err ==
          "error: there is no store '" + none + "'\n  fix: 'alidade sweep ... -o STORE' makes one\n");
  }
  CHECK(folder.names() == std::set<std::string>{"s.db"});
}

TEST_CASE("a precision has its other names in questions, too") {
  const ScratchFolder folder;
  const auto store = folder / "s.db";
  REQUIRE(sweep({"resnet18", "--on", "l4", "--axis", "precision=float32,int8", "-o", store}).code == 0);
  for (const auto* name : {"int8", "i8"}) {
    const auto found = query(store, "precision == " + std::string(name));
    REQUIRE(found.size() == 1);
    CHECK(found[0]["precision"] == "i8");
  }
  CHECK(query(store, "precision != fp32").size() == 1);
  CHECK(query(store, "model == int8").empty());
  const auto estimate = [](const std::string& dtype) {
    return run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", "l4", "--dtype", dtype}).out;
  };
  CHECK(estimate("int8") == estimate("i8"));
}

TEST_CASE("a page of a store holds its points") {
  const ScratchFolder folder;
  const auto store = folder / "s.db", page = folder / "s.html", direct = folder / "d.html";
  REQUIRE(sweep({"resnet18", "--on", "l4", "--batch", "1,2", "-o", store}).code == 0);
  REQUIRE(run_program(ALIDADE_BIN, {"render", store, "-o", page}).code == 0);
  const auto document = json::parse(result_in(read_text(page)));
  CHECK(document["schema"] == "alidade.sweep/1");
  CHECK(document["points"].size() == 2);
  CHECK(document["points"][1].size() == document["columns"].size());
  CHECK(document["axes"][0] == json({{"key", "batch"}, {"values", {"1", "2"}}}));
  REQUIRE(sweep({"resnet18", "--on", "l4", "--batch", "1,2", "-o", direct}).code == 0);
  CHECK(read_text(direct) == read_text(page));
}

TEST_CASE("a sweep without a store prints its points") {
  const auto ran = sweep({"resnet18", "--on", "l4", "--batch", "1,2"});
  CHECK(ran.code == 0);
  CHECK(ran.out.starts_with("sweep: 2 of 2 points\n  model     batch  on  time_s "));
}
