package io.aerodb.storage.gateway.selftest;

import com.nimbusds.jose.JOSEException;
import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/**
 * {@code java -jar … self-test ADDRESS}: stores a file in a bucket of its own at a running gateway, reads it back, compares
 * the two and removes everything. A client and nothing else: it reads no settings.
 */
public final class SelfTestCommand {

    /** The first argument of the process, when it is to do this and not to serve. */
    public static final String NAME = "self-test";

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private SelfTestCommand() {}

    /**
     * @param arguments what follows {@link #NAME}
     * @return the exit code of the process: 0 when all went well, 1 with the reason when not, 2 when the arguments make no
     *     sense
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            SelfTestRequest request = SelfTestRequest.parse(arguments);
            new RoundTrip(request.address(), request.token()).run();
            out.println("A file was stored at %s, read back the same, and removed.".formatted(request.address()));
            return DONE;
        } catch (IllegalArgumentException misuse) {
            err.println(misuse.getMessage());
            err.println(SelfTestRequest.USAGE);
            return MISUSED;
        } catch (StartRefused | JOSEException | IOException failure) {
            err.println("The self-test failed: %s".formatted(reason(failure)));
            return FAILED;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    /** The JDK's own failures to connect have no message. */
    private static String reason(Exception failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
