# Run by cpack when all is installed below its folder: what only a Debian package has.
cmake_minimum_required(VERSION 3.25)

# Ends cpack where the command fails.
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Without the time of the file, which would differ from build to build.
function(compress file)
  run(gzip -9nf ${file})
endfunction()

foreach(component ${CPACK_COMPONENTS_ALL})
  string(TOUPPER ${component} id)
  set(name ${CPACK_DEBIAN_${id}_PACKAGE_NAME})
  set(usr ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${component}/usr)
  if(NOT IS_DIRECTORY ${usr})
    message(FATAL_ERROR "no files of ${component} in ${usr}")
  endif()

  set(doc ${usr}/share/doc/${name})
  file(COPY ${CMAKE_CURRENT_LIST_DIR}/copyright DESTINATION ${doc})
  file(COPY_FILE ${CPACK_QUOTECACHED_CHANGELOG} ${doc}/changelog.Debian)
  file(COPY_FILE ${CPACK_QUOTECACHED_NEWS} ${doc}/changelog)
  compress(${doc}/changelog.Debian)
  compress(${doc}/changelog)
  file(GLOB pages ${usr}/share/man/*/*.[18])
  foreach(page ${pages})
    compress(${page})
  endforeach()

  set(overrides ${CMAKE_CURRENT_LIST_DIR}/lintian/${component})
  file(MAKE_DIRECTORY ${usr}/share/lintian/overrides)
  file(COPY_FILE ${overrides} ${usr}/share/lintian/overrides/${name})
  file(GLOB archives ${usr}/lib/*.a ${usr}/lib/*/*.a)
  foreach(archive ${archives})
    run(strip --strip-debug --enable-deterministic-archives ${archive})
  endforeach()
  # Whatever the umask was.
  run(chmod -R u=rwX,go=rX ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${component})
endforeach()
