// Joins the faces: the command line decides, and hands over to the window where that is what was asked for.
#include "cli/faces.hpp"

int main(int argc, char** argv) {
    sockdesk::cli::Faces faces;
    return sockdesk::cli::run(argc, argv, faces);
}
