#!/bin/sh
# Installs what `make bench` compares ypkg with, from Debian. Whatever is missing is only listed as absent.
set -eu
apt-get update
exec apt-get install --yes --no-install-recommends \
    libarchive-tools pacman-package-manager rpm flatpak ostree zstd openssl e2fsprogs binutils
