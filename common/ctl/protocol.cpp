// SPDX-License-Identifier: Apache-2.0
#include "common/ctl/protocol.hpp"

#include <array>
#include <utility>

namespace mgmd::ctl {
namespace {

std::string line(const Json& message) {
    return message.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json answer_to(const Json& id) {
    Json message = Json::object();
    if (!id.is_null()) {
        message["id"] = id;
    }
    return message;
}

/// nlohmann's text without its class and number: "[json.exception.parse_error.101] parse error …".
std::string reason(const std::string& what) {
    const auto end = what.find("] ");
    return end == std::string::npos ? what : what.substr(end + 2);
}

/// Json values are copied and written by recursion: what a line may nest is bounded before that.
bool nests_too_deep(std::string_view text) {
    unsigned depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            i += c == '\\' ? 1 : 0;
        } else if (c == '[' || c == '{') {
            if (++depth > kMaxDepth) {
                return true;
            }
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

}  // namespace

std::string_view to_string(Refused code) {
    static constexpr std::array<std::string_view, 8> kNames{
        "invalid_request", "unknown_command", "invalid_argument", "not_found",
        "already_exists",  "limit",           "conflict",         "busy"};
    return kNames[static_cast<std::size_t>(code)];
}

std::string hello_line(std::string_view version) {
    return line({{"hello", "mgmd"}, {"version", version}, {"protocol", kProtocol}});
}

std::string row_line(const Json& id, Json row) {
    auto message = answer_to(id);
    message["row"] = std::move(row);
    return line(message);
}

std::string end_line(const Json& id) {
    auto message = answer_to(id);
    message["end"] = true;
    return line(message);
}

std::string error_line(const Json& id, const Refusal& refusal) {
    auto message = answer_to(id);
    message["error"] = {{"code", to_string(refusal.code)}, {"message", refusal.message}};
    return line(message);
}

Outcome<Json> parse_line(std::string_view text) {
    if (nests_too_deep(text)) {
        return refuse(Refused::invalid_request, "not a message: more than " +
                                                    std::to_string(kMaxDepth) +
                                                    " lists and objects inside each other");
    }
    try {
        return Json::parse(text);
    } catch (const Json::exception& error) {
        return refuse(Refused::invalid_request, "not JSON: " + reason(error.what()));
    }
}

}  // namespace mgmd::ctl
