package dev.dunlin.connection.channel;

import static dev.dunlin.core.store.Clauses.absent;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.channel.ChannelAction.Abort;
import dev.dunlin.connection.channel.ChannelAction.Accepted;
import dev.dunlin.connection.channel.ChannelAction.Cancel;
import dev.dunlin.connection.channel.ChannelAction.ChannelDue;
import dev.dunlin.connection.channel.ChannelAction.Crowded;
import dev.dunlin.connection.channel.ChannelAction.Ended;
import dev.dunlin.connection.channel.ChannelAction.Finish;
import dev.dunlin.connection.channel.ChannelAction.MessageCame;
import dev.dunlin.connection.channel.ChannelAction.Missed;
import dev.dunlin.connection.channel.ChannelAction.More;
import dev.dunlin.connection.channel.ChannelAction.OfChannel;
import dev.dunlin.connection.channel.ChannelAction.OfOpening;
import dev.dunlin.connection.channel.ChannelAction.Offered;
import dev.dunlin.connection.channel.ChannelAction.Open;
import dev.dunlin.connection.channel.ChannelAction.OpeningDue;
import dev.dunlin.connection.channel.ChannelAction.PeerFinished;
import dev.dunlin.connection.channel.ChannelAction.Reached;
import dev.dunlin.connection.channel.ChannelAction.ReadFailed;
import dev.dunlin.connection.channel.ChannelAction.ReadFinished;
import dev.dunlin.connection.channel.ChannelAction.Received;
import dev.dunlin.connection.channel.ChannelAction.Room;
import dev.dunlin.connection.channel.ChannelAction.Send;
import dev.dunlin.connection.channel.ChannelAction.Serve;
import dev.dunlin.connection.channel.ChannelAction.Served;
import dev.dunlin.connection.channel.ChannelAction.StreamEnded;
import dev.dunlin.connection.channel.ChannelAction.StreamReady;
import dev.dunlin.connection.channel.ChannelAction.Unserve;
import dev.dunlin.connection.channel.ChannelAction.WriteFailed;
import dev.dunlin.connection.channel.ChannelAction.Written;
import dev.dunlin.connection.channel.ChannelState.Channel;
import dev.dunlin.connection.channel.ChannelState.Outbox;
import dev.dunlin.connection.channel.ChannelState.Reading;
import dev.dunlin.connection.channel.ChannelState.Stage;
import dev.dunlin.connection.channel.ChannelState.Writing;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Operand;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** The enabling conditions of the channel machine. */
final class ChannelGuards {

    private final Catalogue<ChannelProtocol<?, ?>> catalogue;
    private final Places places;

    ChannelGuards(Catalogue<ChannelProtocol<?, ?>> catalogue) {
        this.catalogue = catalogue;
        this.places = new Places(catalogue);
    }

    Guards<Object, ChannelState, ChannelAction> all() {
        return observed(told(wished(serving(opening(Guards.of()))))).build();
    }

    private Guards.Builder<Object, ChannelState, ChannelAction> opening(
            Guards.Builder<Object, ChannelState, ChannelAction> guards) {
        return guards.on(
                        Open.class,
                        known(Open::protocol),
                        absent("ticket-is-new", ChannelState::tickets, Open::ticket),
                        when("there-is-room", (own, a) -> full(own, a).isEmpty(), (own, a) -> full(own, a)))
                .on(
                        Cancel.class,
                        when("opening-is-known", (own, a) -> own.tickets().has(a.ticket()), "ticket", Cancel::ticket))
                .on(Reached.class, opening("opening-is-reaching", stage -> stage == Stage.REACHING))
                .on(Crowded.class, opening("opening-is-under-way", stage -> stage != Stage.WAITING))
                .on(Missed.class, opening("opening-is-under-way", stage -> stage != Stage.WAITING))
                .always(StreamReady.class)
                .always(ChannelAction.DialMissed.class)
                .always(OpeningDue.class);
    }

    private Guards.Builder<Object, ChannelState, ChannelAction> serving(
            Guards.Builder<Object, ChannelState, ChannelAction> guards) {
        return guards.on(Serve.class, known(Serve::protocol))
                .on(
                        Unserve.class,
                        when("is-served", (own, a) -> own.serves(a.protocol()), "protocol", Unserve::protocol))
                .on(
                        Offered.class,
                        when(
                                "is-of-a-protocol",
                                (own, a) -> catalogue.onWire(a.id()).isPresent(),
                                "id",
                                Offered::id),
                        absent("channel-is-new", ChannelState::channels, Offered::channel));
    }

    private Guards.Builder<Object, ChannelState, ChannelAction> wished(
            Guards.Builder<Object, ChannelState, ChannelAction> guards) {
        return guards.on(
                        Send.class,
                        known(),
                        goesOn(),
                        when(
                                "message-is-of-the-protocol",
                                (own, a) -> protocol(own, a)
                                        .sent(channel(own, a).direction())
                                        .type()
                                        .isInstance(a.message())),
                        when(
                                "message-fits-the-outbox",
                                (own, a) -> Outbox.bytesOf(a.message())
                                        <= limits(own, a).outboxBytes() / 2,
                                (own, a) -> List.of(
                                        Operand.of("bytes", Outbox.bytesOf(a.message())),
                                        Operand.of("most", limits(own, a).outboxBytes() / 2))),
                        when(
                                "outbox-is-not-full",
                                (own, a) -> channel(own, a).outbox().messages().size()
                                        < limits(own, a).outboxMessages(),
                                (own, a) -> List.of(Operand.of(
                                        "outboxMessages", limits(own, a).outboxMessages()))),
                        when(
                                "outbox-has-bytes-left",
                                (own, a) -> channel(own, a).outbox().bytes() + Outbox.bytesOf(a.message())
                                        <= limits(own, a).outboxBytes(),
                                (own, a) -> List.of(
                                        Operand.of("bytes", Outbox.bytesOf(a.message())),
                                        Operand.of(
                                                "taken",
                                                channel(own, a).outbox().bytes()),
                                        Operand.of("outboxBytes", limits(own, a).outboxBytes()))))
                .on(
                        More.class,
                        known(),
                        when(
                                "peer-has-not-finished",
                                (own, a) -> channel(own, a).inbox().reading() != Reading.FINISHED,
                                "channel",
                                More::channel),
                        when(
                                "credit-is-not-full",
                                (own, a) -> channel(own, a).inbox().credit() + a.credit()
                                        <= own.config().maxCredit(),
                                (own, a) -> List.of(
                                        Operand.of(
                                                "credit",
                                                channel(own, a).inbox().credit()),
                                        Operand.of("more", a.credit()),
                                        Operand.of("maxCredit", own.config().maxCredit()))))
                .on(Finish.class, known(), goesOn())
                .on(Abort.class, known())
                .always(ChannelDue.class);
    }

    private Guards.Builder<Object, ChannelState, ChannelAction> told(
            Guards.Builder<Object, ChannelState, ChannelAction> guards) {
        return guards.on(
                        MessageCame.class,
                        isRead(),
                        when(
                                "message-is-of-the-protocol",
                                (own, a) -> protocol(own, a)
                                        .received(channel(own, a).direction())
                                        .type()
                                        .isInstance(a.message())))
                .on(ReadFinished.class, isRead())
                .on(ReadFailed.class, isRead())
                .on(Written.class, isWritten())
                .on(WriteFailed.class, isWritten())
                .on(StreamEnded.class, known());
    }

    private static Guards.Builder<Object, ChannelState, ChannelAction> observed(
            Guards.Builder<Object, ChannelState, ChannelAction> guards) {
        return guards.always(Served.class)
                .always(Accepted.class)
                .always(Received.class)
                .always(Room.class)
                .always(PeerFinished.class)
                .always(Ended.class);
    }

    private static Channel channel(ChannelState own, OfChannel action) {
        return own.channels().at(action.channel());
    }

    private ChannelProtocol<?, ?> protocol(ChannelState own, OfChannel action) {
        return catalogue.named(channel(own, action).protocol()).orElseThrow();
    }

    private ChannelLimits limits(ChannelState own, OfChannel action) {
        return protocol(own, action).limits();
    }

    private List<Operand> full(ChannelState own, Open wish) {
        return places.refusal(own, wish.peer(), wish.protocol(), Direction.OUTBOUND).stream()
                .map(bound -> Operand.of("full", bound))
                .toList();
    }

    private <A> Clause<Object, ChannelState, A> known(Function<A, String> protocol) {
        return when(
                "protocol-is-known",
                (own, a) -> catalogue.named(protocol.apply(a)).isPresent(),
                "protocol",
                protocol);
    }

    private static <A extends OfOpening> Clause<Object, ChannelState, A> opening(String name, Predicate<Stage> where) {
        return when(
                name,
                (own, a) -> own.openings()
                        .find(a.opening())
                        .filter(known -> where.test(known.stage()))
                        .isPresent(),
                "opening",
                OfOpening::opening);
    }

    private static <A extends OfChannel> Clause<Object, ChannelState, A> known() {
        return about("channel-is-known", any -> true);
    }

    private static <A extends OfChannel> Clause<Object, ChannelState, A> goesOn() {
        return about("our-side-goes-on", channel -> !channel.outbox().last());
    }

    private static <A extends OfChannel> Clause<Object, ChannelState, A> isRead() {
        return about("channel-is-read", channel -> channel.inbox().reading() == Reading.UNDER_WAY);
    }

    private static <A extends OfChannel> Clause<Object, ChannelState, A> isWritten() {
        return about("channel-is-written", channel -> channel.outbox().writing() == Writing.UNDER_WAY);
    }

    private static <A extends OfChannel> Clause<Object, ChannelState, A> about(String name, Predicate<Channel> where) {
        return when(
                name,
                (own, a) -> own.channels().find(a.channel()).filter(where).isPresent(),
                "channel",
                OfChannel::channel);
    }
}
