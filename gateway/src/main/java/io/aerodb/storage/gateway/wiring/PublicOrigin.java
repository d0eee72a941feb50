package io.aerodb.storage.gateway.wiring;

import java.net.URI;
import org.springframework.core.env.Environment;

/** What stands before the base of the API in addresses that the gateway gives out. */
public final class PublicOrigin {

    private PublicOrigin() {}

    /** The public URL without a slash at its end; else, in development, where the gateway listens; else nothing. */
    public static String of(StorageSettings settings, Environment environment) {
        URI configured = settings.publicUrl();
        if (configured != null) {
            return configured.toString().replaceAll("/+$", "");
        }
        return settings.mode() == StorageSettings.Mode.DEVELOPMENT
                ? listening(environment, "server.address", "local.server.port")
                : "";
    }

    /** Where a server of this process listens, for clients on this machine. */
    public static String listening(Environment environment, String address, String port) {
        String bound = environment.getProperty(address, "127.0.0.1");
        return "http://%s:%s".formatted(bound.equals("0.0.0.0") ? "127.0.0.1" : bound, environment.getProperty(port));
    }

    /** Whether it is scheme, host, perhaps port and path, and nothing else. */
    static boolean isWebAddress(URI url) {
        boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        return web
                && url.getHost() != null
                && url.getUserInfo() == null
                && url.getQuery() == null
                && url.getFragment() == null;
    }

    static void check(URI url) {
        if (!isWebAddress(url)) {
            throw new StartRefused("storage.public-url is %s: set it to an address like https://files.example.com, "
                    .formatted(url)
                    .concat("with a path if the gateway is behind one, and nothing else."));
        }
    }
}
