#pragma once

namespace alidade::cli {

/// From here on each table of a megabyte or more lies apart, whose memory goes back to the system with it:
/// the C library by itself keeps tables of up to 32 MiB in its heap once some were freed.
void keep_tables_apart();

}  // namespace alidade::cli
