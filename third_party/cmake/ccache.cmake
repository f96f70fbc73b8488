# Compile through ccache where it is installed.
find_program(SOCKDESK_CCACHE ccache)
mark_as_advanced(SOCKDESK_CCACHE)

if(SOCKDESK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # With paths below the checkout made relative and the working directory left out of the hash, two
    # build trees with the same flags (release and headless, two clones) share their objects.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${SOCKDESK_CCACHE}")
endif()
