// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mgmd {

/// Opens those of descriptors 0 to 2 that a program was started without, so that no socket or
/// device becomes one of them and gets what is printed. They can't be written: printing fails.
/// Before anything else is opened.
void occupy_standard_descriptors();

}  // namespace mgmd
