package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.admission.Admission;
import io.aerodb.storage.gateway.cleanup.Fences;
import io.aerodb.storage.gateway.cleanup.OpenWrites;
import io.aerodb.storage.gateway.form.Forms;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.BodyBudget;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.log.Operation;
import io.aerodb.storage.gateway.observability.StorageMetrics;
import io.aerodb.storage.gateway.signing.SignedUrls;
import io.aerodb.storage.gateway.wiring.Installation;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.BucketRepository;
import io.aerodb.storage.metadata.LinkRepository;
import io.aerodb.storage.metadata.ObjectChanges;
import io.aerodb.storage.metadata.ObjectListing;
import io.aerodb.storage.metadata.ObjectRepository;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class ObjectConfiguration {

    @Bean
    Uploads uploads(
            ObjectRepository objects,
            BlobLedger ledger,
            StorageBackends backends,
            StorageSettings settings,
            OpenWrites writes,
            StorageMetrics metrics,
            Fences fences) {
        long maxFileSize = settings.limits().maxFileSize().toBytes();
        return new Uploads(objects, ledger, backends, maxFileSize, writes, metrics.uploads(), fences::admitUpload);
    }

    @Bean
    UploadDrain uploadDrain(Uploads uploads) {
        return new UploadDrain(uploads);
    }

    @Bean
    RouterFunction<ServerResponse> objectRoutes(
            ObjectHandler objectHandler,
            ListingHandler listingHandler,
            MoveHandler moveHandler,
            LinkHandler linkHandler,
            LinkUploadHandler linkUploadHandler,
            Admission admission) {
        return ObjectRoutes.of(objectHandler, listingHandler, moveHandler, linkHandler, linkUploadHandler, admission);
    }

    @Bean
    UploadRequests uploadRequests(StorageSettings settings, BodyBudget budget) {
        DataSize maxMetadata = settings.limits().maxMetadataSize();
        return new UploadRequests(new Forms(settings.multipart(), maxMetadata, budget), maxMetadata);
    }

    @Bean
    ObjectHandler objectHandler(
            UploadRequests requests, Uploads uploads, ObjectRepository objects, Reads reads, LinkHandler linkHandler) {
        return new ObjectHandler(requests, uploads, new Downloads(objects), new Removals(objects), reads, linkHandler);
    }

    @Bean
    Reads reads(
            StorageBackends backends,
            BlobLedger ledger,
            MeterRegistry meters,
            StorageSettings settings,
            StorageMetrics metrics) {
        BlobBody blobs = new BlobBody(backends, new CorruptReads(ledger, meters));
        Redirects redirects = new Redirects(backends, blobs, settings.redirectValidity(), Clock.systemUTC());
        return new Reads(new Representations(blobs, redirects, settings.verifiedReads()), metrics.downloads());
    }

    @Bean
    LinkHandler linkHandler(SignedUrls urls, LinkRepository links, Reads reads) {
        return new LinkHandler(urls, links, reads);
    }

    @Bean
    LinkUploadHandler linkUploadHandler(SignedUrls urls, UploadRequests requests, Uploads uploads) {
        return new LinkUploadHandler(urls, requests, uploads);
    }

    @Bean
    ListingHandler listingHandler(ObjectListing listing, Installation installation, Bodies bodies) {
        return new ListingHandler(new Listings(listing, new PageCursor(installation.id())), bodies);
    }

    @Bean
    RouterFunction<ServerResponse> limitRoutes(BucketRepository buckets, StorageSettings settings) {
        LimitsHandler limits = new LimitsHandler(buckets, settings);
        return RouterFunctions.route()
                .GET(StorageApi.BASE + "/limits", limits::limits)
                .withAttribute(Operation.ATTRIBUTE, Operation.STATUS)
                .build();
    }

    @Bean
    MoveHandler moveHandler(ObjectChanges changes, Bodies bodies, StorageSettings settings) {
        return new MoveHandler(new Moves(changes), bodies, settings.limits().maxMetadataSize());
    }
}
