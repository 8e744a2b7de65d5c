# Run by `cmake --install`: the units, which name the place of the programs, and, below /usr, the settings.
# Elsewhere the settings stay where they are: the units read /etc/quotecached whatever the prefix is.
set(units ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)
foreach(unit quotecached.service quotecached.socket quotecache-warm.service quotecache-warm.timer)
  file(READ ${quotecached_source}/systemd/${unit} text)
  string(REPLACE "/usr/local/bin/" "${CMAKE_INSTALL_PREFIX}/bin/" text "${text}")
  message(STATUS "Installing: $ENV{DESTDIR}${units}/${unit}")
  file(WRITE $ENV{DESTDIR}${units}/${unit} "${text}")
  file(CHMOD $ENV{DESTDIR}${units}/${unit} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endforeach()

set(settings /etc/quotecached)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND NOT EXISTS $ENV{DESTDIR}${settings}/quotecached.toml)
  file(INSTALL ${quotecached_source}/config/quotecached.toml DESTINATION ${settings})
endif()
