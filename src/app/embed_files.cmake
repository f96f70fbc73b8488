# cmake -DNAME=<translations> -DOUTPUT=<file.cpp> -DFILES=<a.po;b.po> -P embed_files.cmake
#
# Defines app::embedded_<name>(), declared in app/embedded_<name>.hpp.
# Writes the files' bytes into a C++ source as arrays of characters: unlike string literals they have no
# length limit and nothing in a file can end them early.
list(SORT FILES)

set(arrays "")
set(entries "")
set(count 0)
foreach(file IN LISTS FILES)
    get_filename_component(name "${file}" NAME_WLE)
    file(READ "${file}" bytes HEX)
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
    # A line a kilobyte or so: tools that open this file cope badly with one endless line.
    string(REGEX REPLACE "(\n|'\\\\x0a',)" "\\1\n    " bytes "${bytes}")
    string(APPEND arrays "constexpr char bytes_${count}[] = {\n    ${bytes}'\\0'};\n")
    string(APPEND entries "    EmbeddedFile{\"${name}\", {bytes_${count}, sizeof bytes_${count} - 1}},\n")
    math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Generated from assets/${NAME} by src/app/embed_files.cmake.
#include \"app/embedded_${NAME}.hpp\"

#include <array>

namespace sockdesk::app {
namespace {

${arrays}
constexpr std::array<EmbeddedFile, ${count}> files = {
${entries}};

}  // namespace

std::span<const EmbeddedFile> embedded_${NAME}() { return files; }

}  // namespace sockdesk::app
")
