package io.aerodb.storage.gateway.admission;

import io.aerodb.storage.gateway.http.Caller;
import io.aerodb.storage.gateway.http.FilterOrder;
import io.aerodb.storage.gateway.wiring.AdmissionSettings;
import io.aerodb.storage.metadata.RlsContext;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets in so many uploads, downloads and subscribers at once, of all callers and of each. A request that is let in has its slot until its
 * answer is sent, it fails, or its client leaves; one that is not gets 429 or 503 before its body is read or the database is
 * asked.
 */
public final class Admission implements WebFilter, Ordered {

    private final Callers callers;
    private final Slots uploads;
    private final Slots downloads;
    private final Slots subscribers;

    Admission(AdmissionSettings settings, int maxSubscribers, int maxSubscribersPerCaller, MeterRegistry meters) {
        this.callers = new Callers(settings.addressHeader());
        this.uploads = new Slots("upload", settings.maxUploads(), settings.maxUploadsPerCaller(), meters);
        this.downloads = new Slots("download", settings.maxDownloads(), settings.maxDownloadsPerCaller(), meters);
        this.subscribers = new Slots("subscriber", maxSubscribers, maxSubscribersPerCaller, meters);
    }

    /** The same for an upload that is let in. */
    public HandlerFunction<ServerResponse> upload(HandlerFunction<ServerResponse> handler) {
        return admitted(uploads, handler);
    }

    /** The same for a download that is let in. */
    public HandlerFunction<ServerResponse> download(HandlerFunction<ServerResponse> handler) {
        return admitted(downloads, handler);
    }

    /** The same for a subscriber to events who is let in. */
    public HandlerFunction<ServerResponse> subscriber(HandlerFunction<ServerResponse> handler) {
        return admitted(subscribers, handler);
    }

    /**
     * What the request holds is that of this caller from now on: he has told who he is after it was let in.
     *
     * @throws io.aerodb.storage.gateway.http.StorageError as when he had come so; then it stays with whom it was
     */
    public void pass(ServerWebExchange exchange, RlsContext caller) {
        Held.of(exchange).pass(callers.of(caller, exchange));
    }

    /** Tells who calls, and takes back what the request got. */
    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Mono.defer(() -> {
            Caller caller = callers.of(exchange);
            caller.calls(exchange);
            return Mono.using(() -> Held.by(caller, exchange), held -> chain.filter(exchange), Held::close);
        });
    }

    @Override
    public int getOrder() {
        return FilterOrder.ADMISSION;
    }

    private static HandlerFunction<ServerResponse> admitted(Slots slots, HandlerFunction<ServerResponse> handler) {
        return request -> {
            Held.of(request.exchange()).take(slots);
            return handler.handle(request);
        };
    }
}
