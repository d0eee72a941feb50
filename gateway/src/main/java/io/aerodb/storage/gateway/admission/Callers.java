package io.aerodb.storage.gateway.admission;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.Caller;
import io.aerodb.storage.metadata.RlsContext;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * Tells callers apart: by the subject of their token, else by the address they come from, of IPv6 its first half, which is
 * what one of them has (RFC 4291, 2.5.4). service_role acts for many and has no limit of its own.
 */
final class Callers {

    private static final int NETWORK_BYTES = 8;

    private final @Nullable String addressHeader;

    /** @param addressHeader that a proxy writes, its own client last; null when there is none that can be trusted */
    Callers(@Nullable String addressHeader) {
        this.addressHeader = addressHeader;
    }

    Caller of(ServerWebExchange exchange) {
        return of(RlsContextFilter.find(exchange).orElse(RlsContext.ANONYMOUS), exchange);
    }

    /** The same for one who has told later who he is. */
    Caller of(RlsContext context, ServerWebExchange exchange) {
        if (context.canBypassRls()) {
            return new Caller("service_role", false);
        }
        return context.userId() == null
                ? new Caller("at " + address(exchange), true)
                : new Caller("user " + context.userId(), true);
    }

    private String address(ServerWebExchange exchange) {
        List<String> said = addressHeader == null
                ? List.of()
                : exchange.getRequest().getHeaders().getValuesAsList(addressHeader);
        byte[] address = said.isEmpty() ? null : parsed(said.get(said.size() - 1));
        return address == null ? connected(exchange) : network(plain(address));
    }

    /** Without the port and the brackets that some proxies write; null for what is no address. */
    private static byte @Nullable [] parsed(String text) {
        boolean ipv6 = text.indexOf(':') != text.lastIndexOf(':');
        String bare = text.startsWith("[") ? text.substring(1).split("]", 2)[0] : ipv6 ? text : text.split(":", 2)[0];
        return NetUtil.createByteArrayFromIpAddressString(bare);
    }

    private static String connected(ServerWebExchange exchange) {
        InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
        return remote == null || remote.getAddress() == null
                ? "nowhere"
                : network(remote.getAddress().getAddress());
    }

    /** An address of IPv4 in the form of IPv6 is one of IPv4. */
    private static byte[] plain(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getAddress();
        } catch (UnknownHostException wrongLength) {
            throw new IllegalArgumentException(wrongLength);
        }
    }

    private static String network(byte[] address) {
        return HexFormat.of().formatHex(Arrays.copyOf(address, Math.min(address.length, NETWORK_BYTES)));
    }
}
