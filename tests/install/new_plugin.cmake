# cmake -DPROGRAM= -DKIND= -DFOLDER= -DPREFIX= -DCOMPILER= -DFLAGS= -P new_plugin.cmake: writes a project, and runs what it
# says a CI server runs.
file(REMOVE_RECURSE "${FOLDER}")
execute_process(COMMAND "${PROGRAM}" plugins new acme_${KIND} --kind ${KIND} -o "${FOLDER}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" -E env "ALIDADE_PREFIX=${PREFIX}" "CXX=${COMPILER}" "CXXFLAGS=${FLAGS}"
  "${FOLDER}/ci.sh" COMMAND_ERROR_IS_FATAL ANY)
