# Everything from outside, found once. third_party/README.md says what each is for and where it comes from.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

find_package(fmt REQUIRED)                                     # fmt::fmt
find_package(tl-expected REQUIRED)                             # tl::expected
find_package(ICU REQUIRED COMPONENTS uc)                       # ICU::uc
find_package(Boost REQUIRED)                                   # Boost::headers
find_package(nlohmann_json REQUIRED)                           # nlohmann_json::nlohmann_json
find_package(CLI11 REQUIRED)                                   # CLI11::CLI11
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET libuv>=1.44)  # PkgConfig::LIBUV: Debian ships no CMake package
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)             # PkgConfig::RE2: neither here

if(SOCKDESK_GUI)
    # find_package(OpenGL) warns where the legacy libGL is the only one; GLVND is what Debian has.
    set(OpenGL_GL_PREFERENCE GLVND)
    find_package(OpenGL REQUIRED)                              # OpenGL::GL
    find_package(glfw3 3.3 REQUIRED)                           # glfw
    find_package(Freetype REQUIRED)                            # Freetype::Freetype
    find_package(Fontconfig REQUIRED)                          # Fontconfig::Fontconfig
    include(imgui)                                             # imgui::imgui, imgui::backends, imgui::testing
endif()

if(BUILD_TESTING AND NOT SOCKDESK_FUZZ)
    find_package(GTest REQUIRED)                               # GTest::gmock_main
endif()

if(SOCKDESK_BENCH)
    find_package(benchmark REQUIRED)                           # benchmark::benchmark_main
endif()
