# alidade_page_sources(VARIABLE): the sources that write the page of the report `html`, one of which holds web/template.html
# as the two texts of web/page.hpp: what stands before the JSON result, and what stands after it. The template is in the
# repository; `npm run build` in web/ makes it, and a test makes it anew and compares.
function(alidade_page_sources variable)
  set(template "${PROJECT_SOURCE_DIR}/web/template.html")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${template}")
  file(READ "${template}" page)
  string(FIND "${page}" ">RESULT<" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${template} has no place for the result; build it anew: npm run build in web/")
  endif()
  math(EXPR before_length "${at} + 1")
  math(EXPR after_start "${at} + 7")
  string(SUBSTRING "${page}" 0 ${before_length} before)
  string(SUBSTRING "${page}" ${after_start} -1 after)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/page.cpp")
  file(WRITE "${source}.new" "#include \"page.hpp\"
namespace alidade::page {
std::string_view before_result() { return R\"page(${before})page\"; }
std::string_view after_result() { return R\"page(${after})page\"; }
}  // namespace alidade::page
")
  file(COPY_FILE "${source}.new" "${source}" ONLY_IF_DIFFERENT)
  file(GLOB writers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/web/*.cpp" "${PROJECT_SOURCE_DIR}/web/summary/*.cpp")
  set(${variable} "${source}" ${writers} PARENT_SCOPE)
endfunction()
