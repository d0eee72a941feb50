package io.aerodb.storage.gateway.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** A secret of this machine in a file that nobody but its owner may read (0600). */
final class PrivateFile {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;

    private PrivateFile() {}

    /**
     * What the file holds, without surrounding white space: 32 random bytes as base64url when it is not there yet. Of
     * processes that create it at the same time one wins and all get the winner's secret.
     *
     * @throws StartRefused when others may read the file, or it holds less than 32 characters
     */
    static String secret(Path file) {
        try {
            if (Files.notExists(file)) {
                create(file);
            }
            return read(file);
        } catch (IOException failure) {
            throw new StartRefused(
                    "The file %s can not be read or created (%s). Its directory must belong to the user that runs the gateway."
                            .formatted(file, failure),
                    failure);
        }
    }

    private static String read(Path file) throws IOException {
        if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
            throw new StartRefused(
                    "The file %s holds a secret, and others than its owner may read or write it. If none has, run: chmod 600 '%s'; otherwise delete it, and a new one is made."
                            .formatted(file, file));
        }
        String secret = Files.readString(file, US_ASCII).strip();
        if (secret.length() < BYTES) {
            throw new StartRefused(
                    "The file %s holds less than %d characters, too few for a secret. Delete it, and a new one is made."
                            .formatted(file, BYTES));
        }
        return secret;
    }

    private static void create(Path file) throws IOException {
        Path draft = file.resolveSibling(
                file.getFileName() + ".new-" + ProcessHandle.current().pid());
        Files.deleteIfExists(draft);
        write(draft, random() + "\n");
        try {
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException another) {
            // made by another process just now: it counts, ours is dropped
        } finally {
            Files.delete(draft);
        }
    }

    private static void write(Path draft, String text) throws IOException {
        try (FileChannel channel =
                FileChannel.open(draft, Set.of(CREATE_NEW, WRITE), PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            channel.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
            channel.force(true);
        }
    }

    private static String random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
