package io.aerodb.storage.gateway.embedded;

import com.nimbusds.jose.JOSEException;
import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;

/**
 * {@code ./run token}: prints a token for the gateway of a data directory and nothing else. Needs no running gateway, not
 * even one that ever ran: the secret is made when it is not there.
 */
public final class TokenCommand {

    /** The first argument of the process, when it is to do this and not to serve. */
    public static final String NAME = "token";

    private static final int DONE = 0;
    private static final int REFUSED = 1;
    private static final int MISUSED = 2;

    private TokenCommand() {}

    /**
     * @param arguments what follows {@link #NAME}
     * @return the exit code of the process: 0 with a token printed, 2 when the arguments make no sense, 1 when there is
     *     no secret to be had
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            TokenRequest request = TokenRequest.parse(arguments);
            out.println(token(request));
            return DONE;
        } catch (IllegalArgumentException misuse) {
            err.println(misuse.getMessage());
            err.println(TokenRequest.USAGE);
            return MISUSED;
        } catch (StartRefused | JOSEException refused) {
            err.println(refused.getMessage());
            return REFUSED;
        }
    }

    private static String token(TokenRequest request) throws JOSEException {
        return DevelopmentToken.signed(DevelopmentSecret.in(request.dataDirectory()), request, Instant.now());
    }
}
