#include <catch2/catch.hpp>
#include <clocale>
#include <cmath>
#include <cstdio>
#include <limits>

#include "alidade/base/error.hpp"
#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"
#include "program.hpp"

namespace text = alidade::text;
using namespace std::string_literals;

TEST_CASE("counts carry three digits and a decimal prefix") {
  CHECK(text::si(0) == "0");
  CHECK(text::si(999) == "999");
  CHECK(text::si(1000) == "1.00 K");
  CHECK(text::si(1814073344) == "1.81 G");
  CHECK(text::si(999'999) == "1.00 M");
  CHECK(text::si(999'499) == "999 K");
  CHECK(text::si(std::numeric_limits<std::uint64_t>::max()) == "18.4 E");
  CHECK(text::bytes(512) == "512 B");
  CHECK(text::bytes(46758016) == "46.8 MB");
  CHECK(text::bytes(1500) == "1.50 kB");
  CHECK(text::grouped(1814073344) == "1,814,073,344");
  CHECK(text::grouped(999) == "999");
  CHECK(text::grouped(1000) == "1,000");
}

TEST_CASE("an interval says both ends, or that it has no upper one") {
  CHECK(text::si(1000, 1000) == "1.00 K");
  CHECK(text::si(0, 2500) == "0 to 2.50 K");
  CHECK(text::si(1000, alidade::Upper::none()) == "at least 1.00 K");
  CHECK(text::bytes(0, alidade::Upper::none()) == "at least 0 B");
}

TEST_CASE("an upper bound stays without one, whatever is added to it") {
  using alidade::Upper;
  CHECK(Upper(3) + Upper(4) == Upper(7));
  CHECK_FALSE((Upper(3) + Upper::none()).bounded());
  CHECK((Upper(0) * Upper::none()) == Upper(0));
  CHECK_FALSE((Upper(2) * Upper::none()).bounded());
  CHECK_FALSE((Upper(std::uint64_t{1} << 62) + Upper(std::uint64_t{1} << 62)).bounded());
  CHECK_FALSE((Upper(std::uint64_t{1} << 40) * Upper(std::uint64_t{1} << 40)).bounded());
  CHECK(Upper::none() > Upper((std::uint64_t{1} << 63) - 1));
}

TEST_CASE("numbers read back and ignore the locale") {
  for (const auto* locale : {"C", "de_DE.UTF-8", "fr_FR.UTF-8"}) {
    std::setlocale(LC_ALL, locale);
    CHECK(text::number(0.1) == "0.1");
    CHECK(text::number(1e300) == "1e+300");
    CHECK(text::fixed(1234.5678, 2) == "1234.57");
    CHECK(text::fixed(156.6, 0) == "157");
  }
  std::setlocale(LC_ALL, "C");
  CHECK(text::number(std::nan("")) == "n/a");
  CHECK(text::fixed(std::numeric_limits<double>::infinity(), 1) == "n/a");
  CHECK(text::fixed(1e308, 3).size() == 313);
}

TEST_CASE("a quoted name cannot act on a terminal") {
  CHECK(text::quoted("conv1") == "'conv1'");
  CHECK(text::quoted("a\x1b[31mb") == "'a\\x1b[31mb'");
  CHECK(text::quoted("a\nb\rc\x07") == "'a\\x0ab\\x0dc\\x07'");
  CHECK(text::quoted("\xff\xfe") == "'\\xff\\xfe'");
  CHECK(text::quoted("x\u202eevil") == "'x\\xe2\\x80\\xaeevil'");
  CHECK(text::quoted("\u009b31m") == "'\\xc2\\x9b31m'");
  CHECK(text::quoted("\xc0\xaf") == "'\\xc0\\xaf'");           // overlong
  CHECK(text::quoted("\xed\xa0\x80") == "'\\xed\\xa0\\x80'");  // a surrogate
  CHECK(text::quoted("größe 重み") == "'größe 重み'");
  CHECK(text::quoted("a\0b"s) == "'a\\x00b'");
  CHECK(text::printable("") == "");
}

TEST_CASE("a shell takes a word as it is") {
  for (const auto* name : {"batch=8", "past len=128", "it's-2=1", "$HOME `x` \"y\" ; *", "x=1,3:int64", "",
                           "a\nb", "esc\x1b[31mc'\\",
                           "b\xff"
                           "1",
                           "größe", "x\u202eevil"}) {
    CHECK(alidade::tests::run_program("/bin/bash", {"-c", "printf %s " + text::shell_word(name)}).out ==
          name);
  }
  CHECK(text::shell_word("batch=8") == "batch=8");
}

TEST_CASE("a long name is cut at 120 columns") {
  CHECK(text::printable(std::string(120, 'a')) == std::string(120, 'a'));
  CHECK(text::printable(std::string(121, 'a')) == std::string(117, 'a') + "...");
  CHECK(text::printable(std::string(1'000'000, '\x01')).size() <= 120);
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "重";
  CHECK(text::columns(text::printable(wide)) <= 120);
}

TEST_CASE("columns are those of a terminal") {
  CHECK(text::columns("abc") == 3);
  CHECK(text::columns("größe") == 5);
  CHECK(text::columns("重み") == 4);
  CHECK(text::columns("e\u0301") == 1);
}

TEST_CASE("the nearest word is within a third") {
  const std::vector<std::string> words = {"table", "json", "csv", "gpu.roofline"};
  CHECK(text::nearest("tabel", words) == "table");
  CHECK(text::nearest("jsn", words) == "json");
  CHECK(text::nearest("gpu.rofline", words) == "gpu.roofline");
  CHECK(text::nearest("html", words).empty());
  CHECK(text::nearest("", words).empty());
  CHECK(text::nearest(std::string(100'000, 'x'), words).empty());
  CHECK(text::did_you_mean("tabl", words) == " (did you mean 'table'?)");
  CHECK(text::did_you_mean("zzz", words).empty());
}

TEST_CASE("words split and join") {
  CHECK(text::split("", ',') == std::vector<std::string>{""});
  CHECK(text::split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
  CHECK(text::join(text::split("a,b,c", ','), ", ") == "a, b, c");
}

TEST_CASE("shell patterns match whole names") {
  CHECK(text::matches("*.onnx", "resnet18.onnx"));
  CHECK_FALSE(text::matches("*.onnx", "resnet18.onnx.bak"));
  CHECK(text::matches("resnet??", "resnet50"));
  CHECK(text::matches("?", "é"));
  CHECK(text::matches("*a*b*", "xxaxxbxx"));
  CHECK(text::matches("", ""));
  CHECK(text::matches("*", ""));
  CHECK_FALSE(text::matches("", "a"));
  CHECK_FALSE(text::matches(std::string(50, '*') + "b", std::string(100'000, 'a')));
}

TEST_CASE("an error has up to three lines and no way to act on a terminal") {
  using alidade::Error;
  using alidade::Fault;
  CHECK(to_text(Error{Fault::model, "it broke", "", ""}) == "error: it broke");
  CHECK(to_text(Error{Fault::model, "it broke", "a.toml:1:2", "mend it"}) ==
        "error: it broke\n  --> a.toml:1:2\n  fix: mend it");
  CHECK(to_text(Error{Fault::model, "\x1b]52;c;x\x07", "", ""}) == "error: \\x1b]52;c;x\\x07");
}
