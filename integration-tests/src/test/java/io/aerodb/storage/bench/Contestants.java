package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** All that the chosen lines need, running side by side until closed. Who is not asked has next to nothing to do. */
final class Contestants implements AutoCloseable {

    private final Options options;
    private final Setup setup;
    private final List<Contestant> all = new ArrayList<>();

    private Contestants(Options options, Setup setup) {
        this.options = options;
        this.setup = setup;
    }

    static Contestants start(Options options, Setup setup, Notes notes) throws Exception {
        Contestants contestants = new Contestants(options, setup);
        Runtime.getRuntime().addShutdownHook(new Thread(contestants::close)); // should the benchmark be interrupted
        try {
            Set<Role> roles = options.lines().stream()
                    .flatMap(line -> line.roles().stream())
                    .collect(Collectors.toSet());
            contestants.gateways(roles);
            contestants.baselines(roles, notes);
            return contestants;
        } catch (Throwable failure) {
            contestants.close();
            throw failure;
        }
    }

    List<Contestant> of(Line line) {
        return all.stream()
                .filter(contestant -> line.roles().contains(contestant.role()))
                .toList();
    }

    @Override
    public synchronized void close() {
        all.forEach(Contestant::close);
    }

    private void gateways(Set<Role> roles) throws Exception {
        boolean compared = options.variants.size() > 1;
        for (Variant variant : options.variants) {
            gateway(roles, Role.DURABLE, compared ? variant : variant.with(Role.DURABLE.title, List.of()));
        }
        if (!compared) {
            Variant variant = options.variants.get(0);
            gateway(roles, Role.RELAXED, variant.with(Role.RELAXED.title, List.of("storage.local.fsync=false")));
            if (setup.certificates().isPresent()) {
                gateway(
                        roles,
                        Role.SECURE,
                        variant.with(
                                Role.SECURE.title, setup.certificates().get().settings()));
            }
        }
    }

    private void gateway(Set<Role> roles, Role role, Variant variant) throws Exception {
        if (roles.contains(role)) {
            all.add(new Contestant(variant.name(), role, Server.start(variant, setup)));
        }
    }

    private void baselines(Set<Role> roles, Notes notes) throws Exception {
        Optional<String> nginx = Nginx.program();
        if (wanted(roles, Role.NGINX) && nginx.isEmpty()) {
            notes.add("nginx: not installed (apt-get install nginx-light)");
        } else if (wanted(roles, Role.NGINX)) {
            all.add(new Contestant(Role.NGINX.title, Role.NGINX, Nginx.start(nginx.get(), setup)));
        }
        if (wanted(roles, Role.S3PROXY)) {
            all.add(new Contestant(Role.S3PROXY.title, Role.S3PROXY, S3Proxy.start(setup)));
        }
        if (roles.contains(Role.PEER) && options.peer.isPresent()) {
            all.add(new Contestant(Role.PEER.title, Role.PEER, new Peer(options.peer.get(), options.peerHeaders())));
        }
    }

    private boolean wanted(Set<Role> roles, Role role) {
        return roles.contains(role) && options.baselines.contains(role);
    }
}
