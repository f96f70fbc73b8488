# Sanitizers go on every target, Dear ImGui included: memory that only half of a program reports about
# gives false alarms.
if(SOCKDESK_SANITIZE)
    add_compile_options("-fsanitize=${SOCKDESK_SANITIZE}" -fno-omit-frame-pointer -fno-sanitize-recover=all -O1)
    add_link_options("-fsanitize=${SOCKDESK_SANITIZE}")
endif()

if(SOCKDESK_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
        message(FATAL_ERROR "SOCKDESK_FUZZ needs Clang (libFuzzer); use the `fuzz` preset")
    endif()
    # Instrument the rooms as well as the targets; only the targets get libFuzzer's main().
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
