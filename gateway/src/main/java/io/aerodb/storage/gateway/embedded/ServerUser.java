package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * As whom PostgreSQL runs, for it refuses to be root.
 *
 * <ul>
 *   <li>A gateway that is not root: as the gateway's user.
 *   <li>Root, and the directory belongs to somebody else: as that user.
 *   <li>Root, and the kernel allows user namespaces: as root without any privilege, in a namespace where it is nobody.
 *   <li>Root without namespaces, as in many containers: the directory is given to the user nobody, who is then "somebody
 *       else" above. The data directory becomes searchable (0711) for it; what lies in there stays private.
 * </ul>
 *
 * @param prefix words before a command that make it run as that user
 */
record ServerUser(List<String> prefix) {

    private static final int ROOT = 0;
    private static final int NOBODY = 65534;

    /** For the directory that holds everything of the server. */
    static ServerUser of(DataDirectory directory) throws IOException, InterruptedException {
        return of(directory, Command.succeeds(directory.root(), "unshare", "-U", "true"));
    }

    static ServerUser of(DataDirectory directory, boolean namespaces) throws IOException, InterruptedException {
        if (owner(Path.of("/proc/self")) != ROOT) {
            return new ServerUser(List.of());
        }
        int owner = owner(directory.postgres());
        if (owner != ROOT) {
            return owning(directory, owner);
        }
        return namespaces ? new ServerUser(List.of("unshare", "-U")) : nobody(directory);
    }

    private static ServerUser nobody(DataDirectory directory) throws IOException, InterruptedException {
        Set<PosixFilePermission> searchable = Files.getPosixFilePermissions(directory.root());
        searchable.addAll(Set.of(PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE));
        Files.setPosixFilePermissions(directory.root(), searchable);
        return owning(directory, NOBODY);
    }

    /** Also what root has put there since belongs to the owner then. */
    private static ServerUser owning(DataDirectory directory, int owner) throws IOException, InterruptedException {
        Path postgres = directory.postgres();
        Command.succeeds(postgres, "chown", "-R", owner + ":" + owner, postgres.toString());
        String id = Integer.toString(owner);
        ServerUser user = new ServerUser(List.of("setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"));
        if (!Command.succeeds(
                Command.in(postgres, user.running(List.of("test", "-w", postgres.toString()))),
                "",
                new File("/dev/null"))) {
            throw new StartRefused(
                    "PostgreSQL does not run as root, and as user %d it can not reach %s. Start the gateway as an ordinary user, choose a directory every user can reach with --data DIR, or set storage.database.host."
                            .formatted(owner, postgres));
        }
        return user;
    }

    /** The words of a program, to be run as this user. */
    List<String> running(List<String> program) {
        return Stream.of(prefix, program).flatMap(List::stream).toList();
    }

    private static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }
}
