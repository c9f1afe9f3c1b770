#pragma once
#include <cstddef>
#include <functional>

namespace alidade::host {

/// Calls `work` with 0 to count - 1, each once, on at most so many threads, this one among them; each can
/// report a stack overflow. They begin in order. What the first call throws that throws is thrown when all
/// are done.
void for_each_index(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work);

}  // namespace alidade::host
