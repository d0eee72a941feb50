package io.aerodb.storage.gateway.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** A tar file, packed by xz, of PostgreSQL's programs. Apart, so that who has unpacked it once needs neither library. */
final class PostgresArchive {

    private PostgresArchive() {}

    /** Into an empty directory. */
    static void unpack(URL archive, Path directory) throws IOException {
        try (InputStream compressed = new BufferedInputStream(archive.openStream());
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(compressed))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (needed(entry.getName())) {
                    unpack(tar, entry, directory);
                }
            }
        }
    }

    /** Not what only a C compiler wants. */
    private static boolean needed(String name) {
        return !name.endsWith(".a") && !name.contains("pkgconfig") && !name.startsWith("include");
    }

    private static void unpack(InputStream content, TarArchiveEntry entry, Path directory) throws IOException {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory)) {
            throw new IOException("the archive leaves its directory: " + entry.getName());
        }
        Files.createDirectories(entry.isDirectory() ? target : target.resolveSibling(""));
        if (entry.isDirectory()) {
            return;
        }
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, target);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
