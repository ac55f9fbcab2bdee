/** The requests and events of each interface. Written by scripts/generate-protocols.mjs, not by hand. */

import type { Resource } from '../resource.js';

declare module '../resource.js' {
  interface Protocol {
    wl_callback: {
      requests: object;
      events: { done(callback_data: number): void };
    };
    wl_compositor: {
      requests: { create_surface(id: Resource<'wl_surface'>): void; create_region(id: Resource<'wl_region'>): void };
      events: object;
    };
    wl_shm_pool: {
      requests: {
        create_buffer(
          id: Resource<'wl_buffer'>,
          offset: number,
          width: number,
          height: number,
          stride: number,
          format: number,
        ): void;
        destroy(): void;
        resize(size: number): void;
      };
      events: object;
    };
    wl_shm: {
      requests: { create_pool(id: Resource<'wl_shm_pool'>, fd: number, size: number): void; release(): void };
      events: { format(format: number): void };
    };
    wl_buffer: {
      requests: { destroy(): void };
      events: { release(): void };
    };
    wl_data_offer: {
      requests: {
        accept(serial: number, mime_type: string | null): void;
        receive(mime_type: string, fd: number): void;
        destroy(): void;
        finish(): void;
        set_actions(dnd_actions: number, preferred_action: number): void;
      };
      events: {
        offer(mime_type: string): void;
        source_actions(source_actions: number): void;
        action(dnd_action: number): void;
      };
    };
    wl_data_source: {
      requests: { offer(mime_type: string): void; destroy(): void; set_actions(dnd_actions: number): void };
      events: {
        target(mime_type: string | null): void;
        send(mime_type: string, fd: number): void;
        cancelled(): void;
        dnd_drop_performed(): void;
        dnd_finished(): void;
        action(dnd_action: number): void;
      };
    };
    wl_data_device: {
      requests: {
        start_drag(
          source: Resource<'wl_data_source'> | null,
          origin: Resource<'wl_surface'> | null,
          icon: Resource<'wl_surface'> | null,
          serial: number,
        ): void;
        set_selection(source: Resource<'wl_data_source'> | null, serial: number): void;
        release(): void;
      };
      events: {
        data_offer(id: Resource<'wl_data_offer'>): void;
        enter(
          serial: number,
          surface: Resource<'wl_surface'> | null,
          x: number,
          y: number,
          id: Resource<'wl_data_offer'> | null,
        ): void;
        leave(): void;
        motion(time: number, x: number, y: number): void;
        drop(): void;
        selection(id: Resource<'wl_data_offer'> | null): void;
      };
    };
    wl_data_device_manager: {
      requests: {
        create_data_source(id: Resource<'wl_data_source'>): void;
        get_data_device(id: Resource<'wl_data_device'>, seat: Resource<'wl_seat'> | null): void;
      };
      events: object;
    };
    wl_shell: {
      requests: { get_shell_surface(id: Resource<'wl_shell_surface'>, surface: Resource<'wl_surface'> | null): void };
      events: object;
    };
    wl_shell_surface: {
      requests: {
        pong(serial: number): void;
        move(seat: Resource<'wl_seat'> | null, serial: number): void;
        resize(seat: Resource<'wl_seat'> | null, serial: number, edges: number): void;
        set_toplevel(): void;
        set_transient(parent: Resource<'wl_surface'> | null, x: number, y: number, flags: number): void;
        set_fullscreen(method: number, framerate: number, output: Resource<'wl_output'> | null): void;
        set_popup(
          seat: Resource<'wl_seat'> | null,
          serial: number,
          parent: Resource<'wl_surface'> | null,
          x: number,
          y: number,
          flags: number,
        ): void;
        set_maximized(output: Resource<'wl_output'> | null): void;
        set_title(title: string): void;
        set_class(class_: string): void;
      };
      events: {
        ping(serial: number): void;
        configure(edges: number, width: number, height: number): void;
        popup_done(): void;
      };
    };
    wl_surface: {
      requests: {
        destroy(): void;
        attach(buffer: Resource<'wl_buffer'> | null, x: number, y: number): void;
        damage(x: number, y: number, width: number, height: number): void;
        frame(callback: Resource<'wl_callback'>): void;
        set_opaque_region(region: Resource<'wl_region'> | null): void;
        set_input_region(region: Resource<'wl_region'> | null): void;
        commit(): void;
        set_buffer_transform(transform: number): void;
        set_buffer_scale(scale: number): void;
        damage_buffer(x: number, y: number, width: number, height: number): void;
        offset(x: number, y: number): void;
      };
      events: {
        enter(output: Resource<'wl_output'> | null): void;
        leave(output: Resource<'wl_output'> | null): void;
        preferred_buffer_scale(factor: number): void;
        preferred_buffer_transform(transform: number): void;
      };
    };
    wl_seat: {
      requests: {
        get_pointer(id: Resource<'wl_pointer'>): void;
        get_keyboard(id: Resource<'wl_keyboard'>): void;
        get_touch(id: Resource<'wl_touch'>): void;
        release(): void;
      };
      events: { capabilities(capabilities: number): void; name(name: string): void };
    };
    wl_pointer: {
      requests: {
        set_cursor(serial: number, surface: Resource<'wl_surface'> | null, hotspot_x: number, hotspot_y: number): void;
        release(): void;
      };
      events: {
        enter(serial: number, surface: Resource<'wl_surface'> | null, surface_x: number, surface_y: number): void;
        leave(serial: number, surface: Resource<'wl_surface'> | null): void;
        motion(time: number, surface_x: number, surface_y: number): void;
        button(serial: number, time: number, button: number, state: number): void;
        axis(time: number, axis: number, value: number): void;
        frame(): void;
        axis_source(axis_source: number): void;
        axis_stop(time: number, axis: number): void;
        axis_discrete(axis: number, discrete: number): void;
        axis_value120(axis: number, value120: number): void;
        axis_relative_direction(axis: number, direction: number): void;
      };
    };
    wl_keyboard: {
      requests: { release(): void };
      events: {
        keymap(format: number, fd: number, size: number): void;
        enter(serial: number, surface: Resource<'wl_surface'> | null, keys: Uint8Array): void;
        leave(serial: number, surface: Resource<'wl_surface'> | null): void;
        key(serial: number, time: number, key: number, state: number): void;
        modifiers(
          serial: number,
          mods_depressed: number,
          mods_latched: number,
          mods_locked: number,
          group: number,
        ): void;
        repeat_info(rate: number, delay: number): void;
      };
    };
    wl_touch: {
      requests: { release(): void };
      events: {
        down(
          serial: number,
          time: number,
          surface: Resource<'wl_surface'> | null,
          id: number,
          x: number,
          y: number,
        ): void;
        up(serial: number, time: number, id: number): void;
        motion(time: number, id: number, x: number, y: number): void;
        frame(): void;
        cancel(): void;
        shape(id: number, major: number, minor: number): void;
        orientation(id: number, orientation: number): void;
      };
    };
    wl_output: {
      requests: { release(): void };
      events: {
        geometry(
          x: number,
          y: number,
          physical_width: number,
          physical_height: number,
          subpixel: number,
          make: string,
          model: string,
          transform: number,
        ): void;
        mode(flags: number, width: number, height: number, refresh: number): void;
        done(): void;
        scale(factor: number): void;
        name(name: string): void;
        description(description: string): void;
      };
    };
    wl_region: {
      requests: {
        destroy(): void;
        add(x: number, y: number, width: number, height: number): void;
        subtract(x: number, y: number, width: number, height: number): void;
      };
      events: object;
    };
    wl_subcompositor: {
      requests: {
        destroy(): void;
        get_subsurface(
          id: Resource<'wl_subsurface'>,
          surface: Resource<'wl_surface'> | null,
          parent: Resource<'wl_surface'> | null,
        ): void;
      };
      events: object;
    };
    wl_subsurface: {
      requests: {
        destroy(): void;
        set_position(x: number, y: number): void;
        place_above(sibling: Resource<'wl_surface'> | null): void;
        place_below(sibling: Resource<'wl_surface'> | null): void;
        set_sync(): void;
        set_desync(): void;
      };
      events: object;
    };
    xdg_wm_base: {
      requests: {
        destroy(): void;
        create_positioner(id: Resource<'xdg_positioner'>): void;
        get_xdg_surface(id: Resource<'xdg_surface'>, surface: Resource<'wl_surface'> | null): void;
        pong(serial: number): void;
      };
      events: { ping(serial: number): void };
    };
    xdg_positioner: {
      requests: {
        destroy(): void;
        set_size(width: number, height: number): void;
        set_anchor_rect(x: number, y: number, width: number, height: number): void;
        set_anchor(anchor: number): void;
        set_gravity(gravity: number): void;
        set_constraint_adjustment(constraint_adjustment: number): void;
        set_offset(x: number, y: number): void;
        set_reactive(): void;
        set_parent_size(parent_width: number, parent_height: number): void;
        set_parent_configure(serial: number): void;
      };
      events: object;
    };
    xdg_surface: {
      requests: {
        destroy(): void;
        get_toplevel(id: Resource<'xdg_toplevel'>): void;
        get_popup(
          id: Resource<'xdg_popup'>,
          parent: Resource<'xdg_surface'> | null,
          positioner: Resource<'xdg_positioner'> | null,
        ): void;
        set_window_geometry(x: number, y: number, width: number, height: number): void;
        ack_configure(serial: number): void;
      };
      events: { configure(serial: number): void };
    };
    xdg_toplevel: {
      requests: {
        destroy(): void;
        set_parent(parent: Resource<'xdg_toplevel'> | null): void;
        set_title(title: string): void;
        set_app_id(app_id: string): void;
        show_window_menu(seat: Resource<'wl_seat'> | null, serial: number, x: number, y: number): void;
        move(seat: Resource<'wl_seat'> | null, serial: number): void;
        resize(seat: Resource<'wl_seat'> | null, serial: number, edges: number): void;
        set_max_size(width: number, height: number): void;
        set_min_size(width: number, height: number): void;
        set_maximized(): void;
        unset_maximized(): void;
        set_fullscreen(output: Resource<'wl_output'> | null): void;
        unset_fullscreen(): void;
        set_minimized(): void;
      };
      events: {
        configure(width: number, height: number, states: Uint8Array): void;
        close(): void;
        configure_bounds(width: number, height: number): void;
        wm_capabilities(capabilities: Uint8Array): void;
      };
    };
    xdg_popup: {
      requests: {
        destroy(): void;
        grab(seat: Resource<'wl_seat'> | null, serial: number): void;
        reposition(positioner: Resource<'xdg_positioner'> | null, token: number): void;
      };
      events: {
        configure(x: number, y: number, width: number, height: number): void;
        popup_done(): void;
        repositioned(token: number): void;
      };
    };
    wp_viewporter: {
      requests: {
        destroy(): void;
        get_viewport(id: Resource<'wp_viewport'>, surface: Resource<'wl_surface'> | null): void;
      };
      events: object;
    };
    wp_viewport: {
      requests: {
        destroy(): void;
        set_source(x: number, y: number, width: number, height: number): void;
        set_destination(width: number, height: number): void;
      };
      events: object;
    };
    wp_presentation: {
      requests: {
        destroy(): void;
        feedback(surface: Resource<'wl_surface'> | null, callback: Resource<'wp_presentation_feedback'>): void;
      };
      events: { clock_id(clk_id: number): void };
    };
    wp_presentation_feedback: {
      requests: object;
      events: {
        sync_output(output: Resource<'wl_output'> | null): void;
        presented(
          tv_sec_hi: number,
          tv_sec_lo: number,
          tv_nsec: number,
          refresh: number,
          seq_hi: number,
          seq_lo: number,
          flags: number,
        ): void;
        discarded(): void;
      };
    };
    zwp_linux_dmabuf_v1: {
      requests: {
        destroy(): void;
        create_params(params_id: Resource<'zwp_linux_buffer_params_v1'>): void;
        get_default_feedback(id: Resource<'zwp_linux_dmabuf_feedback_v1'>): void;
        get_surface_feedback(
          id: Resource<'zwp_linux_dmabuf_feedback_v1'>,
          surface: Resource<'wl_surface'> | null,
        ): void;
      };
      events: {
        format(format: number): void;
        modifier(format: number, modifier_hi: number, modifier_lo: number): void;
      };
    };
    zwp_linux_buffer_params_v1: {
      requests: {
        destroy(): void;
        add(
          fd: number,
          plane_idx: number,
          offset: number,
          stride: number,
          modifier_hi: number,
          modifier_lo: number,
        ): void;
        create(width: number, height: number, format: number, flags: number): void;
        create_immed(
          buffer_id: Resource<'wl_buffer'>,
          width: number,
          height: number,
          format: number,
          flags: number,
        ): void;
      };
      events: { created(buffer: Resource<'wl_buffer'>): void; failed(): void };
    };
    zwp_linux_dmabuf_feedback_v1: {
      requests: { destroy(): void };
      events: {
        done(): void;
        format_table(fd: number, size: number): void;
        main_device(device: Uint8Array): void;
        tranche_done(): void;
        tranche_target_device(device: Uint8Array): void;
        tranche_formats(indices: Uint8Array): void;
        tranche_flags(flags: number): void;
      };
    };
    zwp_tablet_manager_v2: {
      requests: {
        get_tablet_seat(tablet_seat: Resource<'zwp_tablet_seat_v2'>, seat: Resource<'wl_seat'> | null): void;
        destroy(): void;
      };
      events: object;
    };
    zwp_tablet_seat_v2: {
      requests: { destroy(): void };
      events: {
        tablet_added(id: Resource<'zwp_tablet_v2'>): void;
        tool_added(id: Resource<'zwp_tablet_tool_v2'>): void;
        pad_added(id: Resource<'zwp_tablet_pad_v2'>): void;
      };
    };
    zwp_tablet_tool_v2: {
      requests: {
        set_cursor(serial: number, surface: Resource<'wl_surface'> | null, hotspot_x: number, hotspot_y: number): void;
        destroy(): void;
      };
      events: {
        type(tool_type: number): void;
        hardware_serial(hardware_serial_hi: number, hardware_serial_lo: number): void;
        hardware_id_wacom(hardware_id_hi: number, hardware_id_lo: number): void;
        capability(capability: number): void;
        done(): void;
        removed(): void;
        proximity_in(
          serial: number,
          tablet: Resource<'zwp_tablet_v2'> | null,
          surface: Resource<'wl_surface'> | null,
        ): void;
        proximity_out(): void;
        down(serial: number): void;
        up(): void;
        motion(x: number, y: number): void;
        pressure(pressure: number): void;
        distance(distance: number): void;
        tilt(tilt_x: number, tilt_y: number): void;
        rotation(degrees: number): void;
        slider(position: number): void;
        wheel(degrees: number, clicks: number): void;
        button(serial: number, button: number, state: number): void;
        frame(time: number): void;
      };
    };
    zwp_tablet_v2: {
      requests: { destroy(): void };
      events: {
        name(name: string): void;
        id(vid: number, pid: number): void;
        path(path: string): void;
        done(): void;
        removed(): void;
        bustype(bustype: number): void;
      };
    };
    zwp_tablet_pad_ring_v2: {
      requests: { set_feedback(description: string, serial: number): void; destroy(): void };
      events: { source(source: number): void; angle(degrees: number): void; stop(): void; frame(time: number): void };
    };
    zwp_tablet_pad_strip_v2: {
      requests: { set_feedback(description: string, serial: number): void; destroy(): void };
      events: {
        source(source: number): void;
        position(position: number): void;
        stop(): void;
        frame(time: number): void;
      };
    };
    zwp_tablet_pad_group_v2: {
      requests: { destroy(): void };
      events: {
        buttons(buttons: Uint8Array): void;
        ring(ring: Resource<'zwp_tablet_pad_ring_v2'>): void;
        strip(strip: Resource<'zwp_tablet_pad_strip_v2'>): void;
        modes(modes: number): void;
        done(): void;
        mode_switch(time: number, serial: number, mode: number): void;
        dial(dial: Resource<'zwp_tablet_pad_dial_v2'>): void;
      };
    };
    zwp_tablet_pad_v2: {
      requests: { set_feedback(button: number, description: string, serial: number): void; destroy(): void };
      events: {
        group(pad_group: Resource<'zwp_tablet_pad_group_v2'>): void;
        path(path: string): void;
        buttons(buttons: number): void;
        done(): void;
        button(time: number, button: number, state: number): void;
        enter(serial: number, tablet: Resource<'zwp_tablet_v2'> | null, surface: Resource<'wl_surface'> | null): void;
        leave(serial: number, surface: Resource<'wl_surface'> | null): void;
        removed(): void;
      };
    };
    zwp_tablet_pad_dial_v2: {
      requests: { set_feedback(description: string, serial: number): void; destroy(): void };
      events: { delta(value120: number): void; frame(time: number): void };
    };
    zxdg_output_manager_v1: {
      requests: {
        destroy(): void;
        get_xdg_output(id: Resource<'zxdg_output_v1'>, output: Resource<'wl_output'> | null): void;
      };
      events: object;
    };
    zxdg_output_v1: {
      requests: { destroy(): void };
      events: {
        logical_position(x: number, y: number): void;
        logical_size(width: number, height: number): void;
        done(): void;
        name(name: string): void;
        description(description: string): void;
      };
    };
    zxdg_decoration_manager_v1: {
      requests: {
        destroy(): void;
        get_toplevel_decoration(
          id: Resource<'zxdg_toplevel_decoration_v1'>,
          toplevel: Resource<'xdg_toplevel'> | null,
        ): void;
      };
      events: object;
    };
    zxdg_toplevel_decoration_v1: {
      requests: { destroy(): void; set_mode(mode: number): void; unset_mode(): void };
      events: { configure(mode: number): void };
    };
    wp_fractional_scale_manager_v1: {
      requests: {
        destroy(): void;
        get_fractional_scale(id: Resource<'wp_fractional_scale_v1'>, surface: Resource<'wl_surface'> | null): void;
      };
      events: object;
    };
    wp_fractional_scale_v1: {
      requests: { destroy(): void };
      events: { preferred_scale(scale: number): void };
    };
    wp_cursor_shape_manager_v1: {
      requests: {
        destroy(): void;
        get_pointer(
          cursor_shape_device: Resource<'wp_cursor_shape_device_v1'>,
          pointer: Resource<'wl_pointer'> | null,
        ): void;
        get_tablet_tool_v2(
          cursor_shape_device: Resource<'wp_cursor_shape_device_v1'>,
          tablet_tool: Resource<'zwp_tablet_tool_v2'> | null,
        ): void;
      };
      events: object;
    };
    wp_cursor_shape_device_v1: {
      requests: { destroy(): void; set_shape(serial: number, shape: number): void };
      events: object;
    };
    wp_single_pixel_buffer_manager_v1: {
      requests: {
        destroy(): void;
        create_u32_rgba_buffer(id: Resource<'wl_buffer'>, r: number, g: number, b: number, a: number): void;
      };
      events: object;
    };
    xdg_activation_v1: {
      requests: {
        destroy(): void;
        get_activation_token(id: Resource<'xdg_activation_token_v1'>): void;
        activate(token: string, surface: Resource<'wl_surface'> | null): void;
      };
      events: object;
    };
    xdg_activation_token_v1: {
      requests: {
        set_serial(serial: number, seat: Resource<'wl_seat'> | null): void;
        set_app_id(app_id: string): void;
        set_surface(surface: Resource<'wl_surface'> | null): void;
        commit(): void;
        destroy(): void;
      };
      events: { done(token: string): void };
    };
    zwp_primary_selection_device_manager_v1: {
      requests: {
        create_source(id: Resource<'zwp_primary_selection_source_v1'>): void;
        get_device(id: Resource<'zwp_primary_selection_device_v1'>, seat: Resource<'wl_seat'> | null): void;
        destroy(): void;
      };
      events: object;
    };
    zwp_primary_selection_device_v1: {
      requests: {
        set_selection(source: Resource<'zwp_primary_selection_source_v1'> | null, serial: number): void;
        destroy(): void;
      };
      events: {
        data_offer(offer: Resource<'zwp_primary_selection_offer_v1'>): void;
        selection(id: Resource<'zwp_primary_selection_offer_v1'> | null): void;
      };
    };
    zwp_primary_selection_offer_v1: {
      requests: { receive(mime_type: string, fd: number): void; destroy(): void };
      events: { offer(mime_type: string): void };
    };
    zwp_primary_selection_source_v1: {
      requests: { offer(mime_type: string): void; destroy(): void };
      events: { send(mime_type: string, fd: number): void; cancelled(): void };
    };
    zwp_idle_inhibit_manager_v1: {
      requests: {
        destroy(): void;
        create_inhibitor(id: Resource<'zwp_idle_inhibitor_v1'>, surface: Resource<'wl_surface'> | null): void;
      };
      events: object;
    };
    zwp_idle_inhibitor_v1: {
      requests: { destroy(): void };
      events: object;
    };
    ext_idle_notifier_v1: {
      requests: {
        destroy(): void;
        get_idle_notification(
          id: Resource<'ext_idle_notification_v1'>,
          timeout: number,
          seat: Resource<'wl_seat'> | null,
        ): void;
        get_input_idle_notification(
          id: Resource<'ext_idle_notification_v1'>,
          timeout: number,
          seat: Resource<'wl_seat'> | null,
        ): void;
      };
      events: object;
    };
    ext_idle_notification_v1: {
      requests: { destroy(): void };
      events: { idled(): void; resumed(): void };
    };
    zwp_text_input_v3: {
      requests: {
        destroy(): void;
        enable(): void;
        disable(): void;
        set_surrounding_text(text: string, cursor: number, anchor: number): void;
        set_text_change_cause(cause: number): void;
        set_content_type(hint: number, purpose: number): void;
        set_cursor_rectangle(x: number, y: number, width: number, height: number): void;
        commit(): void;
      };
      events: {
        enter(surface: Resource<'wl_surface'> | null): void;
        leave(surface: Resource<'wl_surface'> | null): void;
        preedit_string(text: string | null, cursor_begin: number, cursor_end: number): void;
        commit_string(text: string | null): void;
        delete_surrounding_text(before_length: number, after_length: number): void;
        done(serial: number): void;
      };
    };
    zwp_text_input_manager_v3: {
      requests: {
        destroy(): void;
        get_text_input(id: Resource<'zwp_text_input_v3'>, seat: Resource<'wl_seat'> | null): void;
      };
      events: object;
    };
    zwp_relative_pointer_manager_v1: {
      requests: {
        destroy(): void;
        get_relative_pointer(id: Resource<'zwp_relative_pointer_v1'>, pointer: Resource<'wl_pointer'> | null): void;
      };
      events: object;
    };
    zwp_relative_pointer_v1: {
      requests: { destroy(): void };
      events: {
        relative_motion(
          utime_hi: number,
          utime_lo: number,
          dx: number,
          dy: number,
          dx_unaccel: number,
          dy_unaccel: number,
        ): void;
      };
    };
    zwp_pointer_constraints_v1: {
      requests: {
        destroy(): void;
        lock_pointer(
          id: Resource<'zwp_locked_pointer_v1'>,
          surface: Resource<'wl_surface'> | null,
          pointer: Resource<'wl_pointer'> | null,
          region: Resource<'wl_region'> | null,
          lifetime: number,
        ): void;
        confine_pointer(
          id: Resource<'zwp_confined_pointer_v1'>,
          surface: Resource<'wl_surface'> | null,
          pointer: Resource<'wl_pointer'> | null,
          region: Resource<'wl_region'> | null,
          lifetime: number,
        ): void;
      };
      events: object;
    };
    zwp_locked_pointer_v1: {
      requests: {
        destroy(): void;
        set_cursor_position_hint(surface_x: number, surface_y: number): void;
        set_region(region: Resource<'wl_region'> | null): void;
      };
      events: { locked(): void; unlocked(): void };
    };
    zwp_confined_pointer_v1: {
      requests: { destroy(): void; set_region(region: Resource<'wl_region'> | null): void };
      events: { confined(): void; unconfined(): void };
    };
    xdg_toplevel_icon_manager_v1: {
      requests: {
        destroy(): void;
        create_icon(id: Resource<'xdg_toplevel_icon_v1'>): void;
        set_icon(toplevel: Resource<'xdg_toplevel'> | null, icon: Resource<'xdg_toplevel_icon_v1'> | null): void;
      };
      events: { icon_size(size: number): void; done(): void };
    };
    xdg_toplevel_icon_v1: {
      requests: {
        destroy(): void;
        set_name(icon_name: string): void;
        add_buffer(buffer: Resource<'wl_buffer'> | null, scale: number): void;
      };
      events: object;
    };
    wp_content_type_manager_v1: {
      requests: {
        destroy(): void;
        get_surface_content_type(id: Resource<'wp_content_type_v1'>, surface: Resource<'wl_surface'> | null): void;
      };
      events: object;
    };
    wp_content_type_v1: {
      requests: { destroy(): void; set_content_type(content_type: number): void };
      events: object;
    };
    wp_tearing_control_manager_v1: {
      requests: {
        destroy(): void;
        get_tearing_control(id: Resource<'wp_tearing_control_v1'>, surface: Resource<'wl_surface'> | null): void;
      };
      events: object;
    };
    wp_tearing_control_v1: {
      requests: { set_presentation_hint(hint: number): void; destroy(): void };
      events: object;
    };
    xdg_system_bell_v1: {
      requests: { destroy(): void; ring(surface: Resource<'wl_surface'> | null): void };
      events: object;
    };
    zwp_keyboard_shortcuts_inhibit_manager_v1: {
      requests: {
        destroy(): void;
        inhibit_shortcuts(
          id: Resource<'zwp_keyboard_shortcuts_inhibitor_v1'>,
          surface: Resource<'wl_surface'> | null,
          seat: Resource<'wl_seat'> | null,
        ): void;
      };
      events: object;
    };
    zwp_keyboard_shortcuts_inhibitor_v1: {
      requests: { destroy(): void };
      events: { active(): void; inactive(): void };
    };
    wp_linux_drm_syncobj_manager_v1: {
      requests: {
        destroy(): void;
        get_surface(id: Resource<'wp_linux_drm_syncobj_surface_v1'>, surface: Resource<'wl_surface'> | null): void;
        import_timeline(id: Resource<'wp_linux_drm_syncobj_timeline_v1'>, fd: number): void;
      };
      events: object;
    };
    wp_linux_drm_syncobj_timeline_v1: {
      requests: { destroy(): void };
      events: object;
    };
    wp_linux_drm_syncobj_surface_v1: {
      requests: {
        destroy(): void;
        set_acquire_point(
          timeline: Resource<'wp_linux_drm_syncobj_timeline_v1'> | null,
          point_hi: number,
          point_lo: number,
        ): void;
        set_release_point(
          timeline: Resource<'wp_linux_drm_syncobj_timeline_v1'> | null,
          point_hi: number,
          point_lo: number,
        ): void;
      };
      events: object;
    };
    wp_fifo_manager_v1: {
      requests: { destroy(): void; get_fifo(id: Resource<'wp_fifo_v1'>, surface: Resource<'wl_surface'> | null): void };
      events: object;
    };
    wp_fifo_v1: {
      requests: { set_barrier(): void; wait_barrier(): void; destroy(): void };
      events: object;
    };
    wp_commit_timing_manager_v1: {
      requests: {
        destroy(): void;
        get_timer(id: Resource<'wp_commit_timer_v1'>, surface: Resource<'wl_surface'> | null): void;
      };
      events: object;
    };
    wp_commit_timer_v1: {
      requests: { set_timestamp(tv_sec_hi: number, tv_sec_lo: number, tv_nsec: number): void; destroy(): void };
      events: object;
    };
  }
}
