package io.dvcr.importers.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Which requests go through a proxy. It resolves names for itself, so what is judged here is what they are to this
 * server; a name that only the proxy knows is the proxy's to judge.
 */
final class ProxyRoutes extends DefaultRoutePlanner {
    private final ProxySettings proxy;
    private final AddressPolicy addresses;

    ProxyRoutes(ProxySettings proxy, AddressPolicy addresses) {
        super(DefaultSchemePortResolver.INSTANCE);
        this.proxy = proxy;
        this.addresses = addresses;
    }

    @Override
    protected @Nullable HttpHost determineProxy(HttpHost target, HttpContext context) throws HttpException {
        String host = target.getHostName();
        if (!proxy.isFor(host)) {
            return null;
        }
        judge(host);
        String proxyHost = proxy.url().getHost();
        try { // resolved here, since the addresses of sources, not the operator's proxy, are what is judged elsewhere
            return new HttpHost("http", InetAddress.getByName(proxyHost), proxyHost, proxy.port());
        } catch (UnknownHostException e) {
            throw new HttpException("the host of the proxy is not known", e);
        }
    }

    private void judge(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                addresses.check(host, address);
            }
        } catch (UnknownHostException e) {
            return; // the proxy may know it
        }
    }
}
