# Dear ImGui comes as sources without a build system: these are its targets.
#
#   imgui::headers   what views are compiled with; the executable chooses one of the two cores
#   imgui::imgui     the core, FreeType glyphs, std::string inputs
#   imgui::backends  GLFW and OpenGL 3
#   imgui::testing   the core once more, with the hooks that tests/gui drives it by; the executable that
#                    links it defines the hook functions. Never link it together with imgui::imgui.
#
# The hooks change what the core's functions do, and nothing of the structures in its headers: so the same compiled
# views work with both.
include(FetchContent)

set(imgui_version 1.92.2b)
FetchContent_Declare(imgui
    GIT_REPOSITORY https://github.com/ocornut/imgui.git
    GIT_TAG 45acd5e0e82f4c954432533ae9985ff0e1aad6d5) # v1.92.2b

# third_party/setup has put the same version here where the system's package manager has its sources.
set(imgui_fetched "${CMAKE_SOURCE_DIR}/third_party/.cache/imgui-${imgui_version}")
if(NOT FETCHCONTENT_SOURCE_DIR_IMGUI AND EXISTS "${imgui_fetched}/imgui.h")
    set(FETCHCONTENT_SOURCE_DIR_IMGUI "${imgui_fetched}")
endif()
FetchContent_MakeAvailable(imgui)

add_library(imgui_headers INTERFACE)
add_library(imgui::headers ALIAS imgui_headers)
# SYSTEM: its headers are not held to our warnings.
target_include_directories(imgui_headers SYSTEM INTERFACE
    ${imgui_SOURCE_DIR} ${imgui_SOURCE_DIR}/misc/cpp ${imgui_SOURCE_DIR}/misc/freetype)
target_compile_definitions(imgui_headers INTERFACE
    IMGUI_ENABLE_FREETYPE
    IMGUI_USE_WCHAR32 # GB 18030 reaches beyond the first 65,536 characters
    IMGUI_DISABLE_OBSOLETE_FUNCTIONS)

function(sockdesk_add_imgui name)
    add_library(imgui_${name} STATIC EXCLUDE_FROM_ALL
        ${imgui_SOURCE_DIR}/imgui.cpp
        ${imgui_SOURCE_DIR}/imgui_demo.cpp
        ${imgui_SOURCE_DIR}/imgui_draw.cpp
        ${imgui_SOURCE_DIR}/imgui_tables.cpp
        ${imgui_SOURCE_DIR}/imgui_widgets.cpp
        ${imgui_SOURCE_DIR}/misc/cpp/imgui_stdlib.cpp
        ${imgui_SOURCE_DIR}/misc/freetype/imgui_freetype.cpp)
    add_library(imgui::${name} ALIAS imgui_${name})
    target_link_libraries(imgui_${name} PUBLIC imgui::headers PRIVATE Freetype::Freetype)
endfunction()

sockdesk_add_imgui(imgui)

sockdesk_add_imgui(testing)
target_compile_definitions(imgui_testing PUBLIC IMGUI_ENABLE_TEST_ENGINE)

add_library(imgui_backends STATIC EXCLUDE_FROM_ALL
    ${imgui_SOURCE_DIR}/backends/imgui_impl_glfw.cpp
    ${imgui_SOURCE_DIR}/backends/imgui_impl_opengl3.cpp)
add_library(imgui::backends ALIAS imgui_backends)
target_include_directories(imgui_backends SYSTEM PUBLIC ${imgui_SOURCE_DIR}/backends)
target_link_libraries(imgui_backends PUBLIC imgui::imgui PRIVATE glfw OpenGL::GL ${CMAKE_DL_LIBS})
