# Warnings for our own code. Every target of ours links sockdesk_options; Dear ImGui does not.
add_library(sockdesk_options INTERFACE)

target_compile_options(sockdesk_options INTERFACE
    -Wall
    -Wextra
    -Wpedantic
    -Wshadow
    -Wconversion
    -Wsign-conversion
    -Wnon-virtual-dtor
    -Woverloaded-virtual
    -Wold-style-cast
    -Wcast-align
    -Wformat=2
    -Wimplicit-fallthrough
    -Wextra-semi
    -Wunused
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond>
    $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op>)

if(SOCKDESK_WERROR)
    target_compile_options(sockdesk_options INTERFACE -Werror)
endif()

# The standard library's own checks (bounds of spans, views and vectors) in every build that is for finding bugs.
target_compile_definitions(sockdesk_options INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
