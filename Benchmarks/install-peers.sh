#!/bin/sh
# Installs what `make bench` compares ypkg with, from Debian. Does nothing where all is there; what cannot be
# installed is only listed as absent by the benchmarks.
set -eu

missing=
need() { # PROGRAM PACKAGE
    command -v "$1" >/dev/null || missing="$missing $2"
}
need bsdtar libarchive-tools
need pacman pacman-package-manager
need rpmbuild rpm
need flatpak flatpak
need zstd zstd
need openssl openssl
need mkfs.ext4 e2fsprogs
need strip binutils
need apache2 apache2-bin
need nginx nginx-light
need rclone rclone

[ -n "$missing" ] || exit 0
apt-get update || true
for package in $missing; do
    apt-get install --yes --no-install-recommends "$package" || echo "cannot install $package" >&2
done
