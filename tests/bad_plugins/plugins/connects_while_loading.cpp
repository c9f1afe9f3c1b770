#include <sys/socket.h>

#include "good.hpp"

[[maybe_unused]] static const int connection = socket(AF_INET, SOCK_STREAM, 0);

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<OneSecond>("connects_while_loading", "asks for its licence first");
}
