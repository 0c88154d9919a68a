/* cplusplus BUNDLE ANCHOR-HASH CODE AT: the header and the library as C++17 uses them:
 * everything that the header declares is called. ANCHOR-HASH is 64 hexadecimal digits, AT seconds since 1970. */
#include <tongxing.h>
#include <tongxing.h> /* twice is once */

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

static_assert(std::is_standard_layout<tongxing_context>::value && std::is_trivial<tongxing_context>::value, "a structure of C");
static_assert(TONGXING_UNVERIFIED == 0, "what nobody has set is unverified");

namespace {

struct Free {
    void operator()(tongxing_verifier *v) const { tongxing_free(v); }
    void operator()(std::uint8_t *bytes) const { tongxing_free_bytes(bytes); }
};
using Verifier = std::unique_ptr<tongxing_verifier, Free>;
using Bytes = std::unique_ptr<std::uint8_t, Free>;

std::string content(const char *path) {
    std::ifstream file(path, std::ios::binary);
    std::string data{std::istreambuf_iterator<char>(file), {}};
    if (data.empty()) throw std::runtime_error(std::string("cannot read ") + path);
    return data;
}

const std::uint8_t *bytes(const std::string &text) { return reinterpret_cast<const std::uint8_t *>(text.data()); }

std::string taken(std::uint8_t *from, std::size_t length) {
    Bytes owner(from);
    return from == nullptr ? std::string() : std::string(reinterpret_cast<char *>(from), length);
}

void run(char **argv) {
    if (tongxing_abi_version() != TONGXING_ABI_VERSION) throw std::runtime_error("another version");
    const std::int64_t at = std::atoll(argv[4]);
    const std::string bundle = content(argv[1]), anchor = argv[2], code = argv[3], version = R"({"op":"version"})";
    Verifier verifier(tongxing_new());
    std::uint8_t *out = nullptr;
    std::size_t length = 0;
    if (tongxing_call(verifier.get(), bytes(version), version.size(), &out, &length) != TONGXING_OK) throw std::runtime_error("call");
    std::cout << taken(out, length) << '\n';
    const int loaded = tongxing_load(verifier.get(), at, bytes(anchor), anchor.size(), bytes(bundle), bundle.size(), nullptr, 0, &out, &length);
    const std::string report = taken(out, length);
    if (loaded != TONGXING_OK) throw std::runtime_error(report);
    tongxing_context context{};
    context.size = sizeof context;
    context.venue_class = 9;
    context.venue_region = "33";
    int outcome = TONGXING_RESTRICTED;
    if (tongxing_verify(verifier.get(), at, code.data(), code.size(), &context, &outcome, &out, &length) != TONGXING_OK) throw std::runtime_error("verify");
    std::cout << outcome << ' ' << taken(out, length) << '\n';
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    try {
        run(argv);
    } catch (const std::exception &fault) {
        std::cerr << fault.what() << '\n';
        return 1;
    }
}
