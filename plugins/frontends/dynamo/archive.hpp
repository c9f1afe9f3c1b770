#pragma once
#include "archive/byte_source.hpp"
#include "archive/json.hpp"
#include "archive/kind.hpp"
#include "archive/zip.hpp"

namespace alidade::dynamo {

using archive::ByteSource, archive::FileSource, archive::MemorySource, archive::PartSource;
using archive::Json, archive::JsonKind, archive::JsonValue;
using archive::ZipArchive, archive::ZipEntry;

}  // namespace alidade::dynamo
