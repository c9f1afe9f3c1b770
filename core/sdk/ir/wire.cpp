#include "alidade/ir/wire.hpp"

#include <cstring>
#include <type_traits>

#include "alidade/ir/arrays.hpp"

namespace alidade {
namespace {

constexpr char kMagic[8] = {'A', 'L', 'G', 'R', 'A', 'P', 'H', '1'};
constexpr std::size_t kHead = sizeof kMagic + 16;  // magic, size, checksum

std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t h = 14695981039346656037ull, word = 0;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::memcpy(&word, bytes.data() + i, 8);
    h = (h ^ word) * 1099511628211ull, h ^= h >> 29;
  }
  for (; i < bytes.size(); ++i) h = (h ^ static_cast<unsigned char>(bytes[i])) * 1099511628211ull;
  return h;
}
void put(std::string& out, std::uint64_t number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::unexpected<Error> broken(std::string_view what) {
  return fail(Fault::plugin, "the graph that was handed over cannot be read: " + std::string(what));
}

/// Takes numbers and rows off the front of bytes, never past their end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  std::uint64_t number() {
    std::uint64_t n = 0;
    take(&n, sizeof n);
    return n;
  }
  template <class T>
  void rows(std::vector<T>& into) {
    const std::uint64_t count = number();
    if (!fits_ || count > left_.size() / sizeof(T)) {
      fits_ = false;
      return;
    }
    into.resize(count);
    take(into.data(), count * sizeof(T));
  }
  [[nodiscard]] bool finished() const { return fits_ && left_.empty(); }

 private:
  void take(void* to, std::size_t size) {
    fits_ = fits_ && size <= left_.size();
    if (!fits_ || size == 0) return;
    std::memcpy(to, left_.data(), size);
    left_.remove_prefix(size);
  }
  std::string_view left_;
  bool fits_ = true;
};

}  // namespace

std::string to_wire(const Graph& graph) {
  std::size_t size = 0;
  GraphArrays::each(graph.arrays(),
                    [&](const auto& rows) { size += sizeof(std::uint64_t) + rows.size() * sizeof(rows[0]); });
  std::string out;
  out.reserve(kHead + size);
  out.append(kMagic, sizeof kMagic);
  put(out, size), put(out, 0);
  GraphArrays::each(graph.arrays(), [&](const auto& rows) {
    using Row = std::remove_cvref_t<decltype(rows[0])>;
    static_assert(std::is_trivially_copyable_v<Row>);
    put(out, rows.size());
    out.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row));
  });
  const std::uint64_t sum = checksum(std::string_view(out).substr(kHead));
  std::memcpy(out.data() + kHead - sizeof sum, &sum, sizeof sum);
  return out;
}

Result<Graph> from_wire(std::string_view bytes) {
  if (bytes.size() < kHead || std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0)
    return broken("no header");
  Reader head(bytes.substr(sizeof kMagic, 16));
  const auto size = head.number(), sum = head.number();
  const auto body = bytes.substr(kHead);
  if (size != body.size()) return broken("it is cut short");
  if (sum != checksum(body)) return broken("its bytes were damaged");
  auto arrays = std::make_unique<GraphArrays>();
  Reader reader(body);
  GraphArrays::each(*arrays, [&](auto& rows) { reader.rows(rows); });
  if (!reader.finished()) return broken("its arrays do not fill it");
  return Graph::adopt(std::move(arrays));
}

}  // namespace alidade
