# pack.sh takes the Boost that the product was built with.
set(PACKAGE_VERSION_COMPATIBLE TRUE)
set(PACKAGE_VERSION ${PACKAGE_FIND_VERSION})
