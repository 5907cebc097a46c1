// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/plugin/plugin_object.hpp"

#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <link.h>
#include <string_view>
#include <system_error>

namespace mgmd::plugin {
namespace {

constexpr const char* kSymbol = "mgmd_plugin";
constexpr std::size_t kLongestName = 31;

tl::unexpected<Error> refuse(const std::string& path, const std::string& why) {
    return fail(ExitCode::configuration, "plugin \"" + path + "\": " + why);
}

std::string last_dl_error() {
    const char* text = dlerror();
    return text == nullptr ? "unknown error" : text;
}

/// How large the object says that the symbol is.
std::size_t size_of(const void* symbol) {
    Dl_info object;
    void* entry = nullptr;
    const int found = dladdr1(symbol, &object, &entry, RTLD_DL_SYMENT);
    return found == 0 || entry == nullptr ? 0 : static_cast<const ElfW(Sym)*>(entry)->st_size;
}

bool is_name(const char* name) {
    constexpr std::string_view kCharacters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    const std::size_t length = name == nullptr ? 0 : strnlen(name, kLongestName + 1);
    return length >= 1 && length <= kLongestName &&
           std::string_view(name).find_first_not_of(kCharacters) == std::string_view::npos;
}

}  // namespace

Expected<> check_descriptor(const std::string& path, const mgmd_plugin_descriptor& descriptor) {
    // The rest of a descriptor of another version may be anything.
    if (descriptor.abi != MGMD_PLUGIN_ABI) {
        return refuse(path, "is made for version " + std::to_string(descriptor.abi) +
                                " of the plugin interface, this mgmd has " +
                                std::to_string(MGMD_PLUGIN_ABI) +
                                ": compile it with this mgmd's headers");
    }
    if (descriptor.host == nullptr) {
        return refuse(path, "mgmd_plugin.host must be &mgmd_host");
    }
    if (descriptor.init == nullptr) {
        return refuse(path, "mgmd_plugin has no init");
    }
    if (!is_name(descriptor.name)) {
        return refuse(path, "mgmd_plugin.name must have 1 to 31 letters, digits, '.', '_' or '-'");
    }
    return {};
}

Expected<const mgmd_plugin_descriptor*> load_object(const std::string& path) {
    std::error_code error;
    // An absolute path: dlopen would look for a bare name elsewhere.
    const auto file = std::filesystem::canonical(path, error);
    if (error) {
        return refuse(path, "can't be loaded: " + error.message());
    }
    if (!std::filesystem::is_regular_file(file, error)) {
        return refuse(path, "can't be loaded: not a file");
    }
    void* object = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (object == nullptr) {
        return refuse(path, "can't be loaded: " + last_dl_error());
    }
    const void* symbol = dlsym(object, kSymbol);
    if (symbol == nullptr) {
        return refuse(path, std::string("exports no ") + kSymbol + ": no plugin of mgmd");
    }
    const auto* descriptor = static_cast<const mgmd_plugin_descriptor*>(symbol);
    const std::size_t size = size_of(symbol);
    if (size < sizeof(descriptor->abi) ||
        (descriptor->abi == MGMD_PLUGIN_ABI && size < sizeof(*descriptor))) {
        return refuse(path, std::string(kSymbol) + " is no struct mgmd_plugin_descriptor");
    }
    if (auto checked = check_descriptor(path, *descriptor); !checked) {
        return tl::make_unexpected(checked.error());
    }
    return descriptor;
}

}  // namespace mgmd::plugin
