// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

/// What mgmd and mgmctl say to each other over the control socket: a UNIX stream of lines, each one
/// JSON object. mgmd speaks first, then answers requests one after the other:
///
///     mgmd    {"hello":"mgmd","version":"0.1.0","protocol":1}
///     client  {"id":7,"command":"show mroutes","arguments":{"group":"239.1.1.1"}}
///     mgmd    {"id":7,"row":{…}}            any number of them
///     mgmd    {"id":7,"end":true}           or an error, which ends the answer as well:
///     mgmd    {"id":7,"error":{"code":"invalid_argument","message":"…"}}
///
/// The id, which is the client's to choose, may be left out. Commands and their arguments are those
/// of command_table.hpp. A client may send requests ahead, and may close its side after the last.
/// The answer to some is a stream: rows as things happen, until the client hangs up. A row
/// {"missed":123} stands for so many that came faster than the client has read. Those of captures
/// and traces have a row {"begun":true} once no packet escapes them, and end with the client's next
/// request, too, after the rows there are.
namespace mgmd::ctl {

/// Keeps the order of keys, as a person reads them.
using Json = nlohmann::ordered_json;

/// Changes when an old client could misread a new router. New commands, arguments and keys of rows
/// change nothing.
inline constexpr unsigned kProtocol = 1;

/// A longer request is refused, and its client with it.
inline constexpr std::size_t kMaxRequestOctets = 16 * 1024;
/// No row is longer: an entry with every outgoing interface that it can have takes a tenth.
inline constexpr std::size_t kMaxAnswerLineOctets = 4 * 1024 * 1024;

/// Where mgmctl looks for a router unless told otherwise.
inline constexpr std::string_view kDefaultSocket = "/run/mgmd/control";

enum class Refused : std::uint8_t {
    invalid_request,   ///< not a request: the line is no JSON object, or misses something
    unknown_command,   ///< of this version
    invalid_argument,  ///< an argument is unknown, missing, or not what it should be
    not_found,         ///< there is no such thing
    already_exists,
    limit,     ///< a bound of the configuration is reached
    conflict,  ///< the router's present state does not allow it
    busy,      ///< too many clients
};

/// As in the line: "invalid_argument".
std::string_view to_string(Refused code);

/// Why a request was refused. The message names the item, the value and the rule.
struct Refusal {
    Refused code = Refused::invalid_request;
    std::string message;
};

template <class T = void>
using Outcome = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(Refused code, std::string message) {
    return tl::make_unexpected(Refusal{code, std::move(message)});
}

/// The lines, each with its line end. What is not UTF-8 in a text is replaced. `id`: null leaves it
/// out.
std::string hello_line(std::string_view version);
std::string row_line(const Json& id, Json row);
std::string end_line(const Json& id);
std::string error_line(const Json& id, const Refusal& refusal);

/// Lists and objects inside each other that a line may have.
inline constexpr unsigned kMaxDepth = 16;

/// A line as JSON; `invalid_request` says where it stops to be.
Outcome<Json> parse_line(std::string_view line);

}  // namespace mgmd::ctl
