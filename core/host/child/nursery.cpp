#include "nursery.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "host/plugins/enlist.hpp"
#include "packed.hpp"
#include "worker_order.hpp"

namespace alidade::host {
namespace {

constexpr std::size_t kEnds = 3, kLongest = 64 << 10;  // descriptors of a message, bytes of an order

/// A message with room for the descriptors of a child's ends.
struct Message {
  explicit Message(char* bytes, std::size_t size) : part{bytes, size} {
    head.msg_iov = &part, head.msg_iovlen = 1;
    head.msg_control = room.data(), head.msg_controllen = room.size();
  }
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kEnds * sizeof(int))> room{};
  iovec part;
  msghdr head{};
};

bool send_order(int line, std::string_view order, const ChildEnds& ends) {
  const std::array<int, kEnds> all{ends.input, ends.words, ends.answer};
  Message message(const_cast<char*>(order.data()), order.size());
  cmsghdr* rights = CMSG_FIRSTHDR(&message.head);
  rights->cmsg_level = SOL_SOCKET, rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof all);
  std::memcpy(CMSG_DATA(rights), all.data(), sizeof all);
  return order.size() <= kLongest && sendmsg(line, &message.head, MSG_NOSIGNAL) >= 0;
}

struct Received {
  std::string order;
  std::array<Fd, kEnds> ends;
};
/// The next order; nothing once the line is closed.
std::optional<Received> receive_order(int line) {
  Received got;
  got.order.resize(kLongest);
  Message message(got.order.data(), got.order.size());
  const auto size = recvmsg(line, &message.head, MSG_CMSG_CLOEXEC);
  const cmsghdr* rights = CMSG_FIRSTHDR(&message.head);
  if (size <= 0 || !rights || rights->cmsg_len != CMSG_LEN(kEnds * sizeof(int))) return std::nullopt;
  std::array<int, kEnds> all{};
  std::memcpy(all.data(), CMSG_DATA(rights), sizeof all);
  for (std::size_t i = 0; i < kEnds; ++i) got.ends[i] = Fd(all[i]);
  got.order.resize(static_cast<std::size_t>(size));
  return got;
}

/// What a library opens only when it reads a file lies in a folder of its name beside it:
/// torchscript/reader.so, which libtorch hangs on. One that does not open is left for the worker to complain
/// about.
void open_parts(const std::filesystem::path& library) {
  std::error_code none;
  std::filesystem::directory_iterator part(std::filesystem::path(library).replace_extension(), none);
  for (; !none && part != std::filesystem::directory_iterator{}; part.increment(none))
    if (part->path().extension() == ".so") dlopen(part->path().c_str(), RTLD_NOW | RTLD_LOCAL);
}

int carry_out_bytes(std::string_view bytes) {
  const auto order = unpack<WorkerOrder>(bytes);
  return order ? carry_out(*order, nullptr) : 2;
}

}  // namespace

Nursery::~Nursery() { end(); }

void Nursery::end() {
  line_.close();
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

bool Nursery::open() {
  if (std::exchange(tried_, true)) return line_.get() >= 0 && thread_ == std::this_thread::get_id();
  thread_ = std::this_thread::get_id();
  int ends[2] = {-1, -1};
  const Fd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (nowhere.get() < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
  line_ = Fd(ends[0]);
  const Fd other(ends[1]);
  const auto pid = spawn({"--nursery", library_}, {other.get(), nowhere.get(), nowhere.get()});
  if (pid) pid_ = *pid;
  return pid.has_value();
}

std::optional<int> Nursery::start(std::string_view order, const ChildEnds& ends,
                                  std::chrono::milliseconds wall) {
  const std::unique_lock alone(mutex_, std::try_to_lock);
  if (!alone || !open()) return std::nullopt;
  int pid = -1;
  pollfd answer{line_.get(), POLLIN, 0};
  const auto patience = static_cast<int>(std::min<std::int64_t>(wall.count(), 1 << 30));
  const bool told = send_order(line_.get(), order, ends) && poll(&answer, 1, patience) > 0 &&
                    recv(line_.get(), &pid, sizeof pid, 0) == sizeof pid && pid > 0;
  if (!told) end();
  return told ? std::optional(pid) : std::nullopt;
}

int nursery_main(int argc, char** argv) {
  if (argc != 3) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto library = load_plugin(argv[2]);
  if (!library) return 1;
  open_parts(argv[2]);
  if (!can_copy()) return 1;
  while (const auto asked = receive_order(STDIN_FILENO)) {
    const auto& [input, words, answer] = asked->ends;
    const auto pid = spawn_sibling([&] { return carry_out_bytes(asked->order); },
                                   {input.get(), words.get(), answer.get()});
    if (!pid || send(STDIN_FILENO, &*pid, sizeof *pid, MSG_NOSIGNAL) < 0) return 1;
  }
  return 0;
}

}  // namespace alidade::host
