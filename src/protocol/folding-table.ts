// Tables of case folding, written by scripts/generate-folding.ts from Unicode 17.0.0; do not edit.

// Items in base 36, apart by white space: `from,count,step,to` maps `count` code points, `step` apart, each by the
// same distance; `from>a+b` maps one code point to several.

/** Full case folding (statuses C and F). Unicode §3.13, CaseFolding.txt. */
export const CASE_FOLDING = `
1t,q,1,2p 51,1,1,qk 5c,n,1,68 60,7,1,6w 74,o,2,75 8i,3,2,8j 8p,8,2,8q 96,n,2,97 ag,1,1,73 ah,3,2,ai an,1,1,37
ap,1,1,gj aq,2,2,ar au,1,1,gk av,1,1,aw ax,2,1,gm az,1,1,b0 b2,1,1,d9 b3,1,1,gp b4,1,1,gr b5,1,1,b6 b7,1,1,gw
b8,1,1,gz ba,1,1,h5 bb,1,1,h4 bc,1,1,bd bg,1,1,hb bh,1,1,he bj,1,1,hh bk,3,2,bl bq,1,1,hs br,1,1,bs bt,1,1,hv
bw,1,1,bx by,1,1,i0 bz,1,1,c0 c1,2,1,i2 c3,2,2,c4 c7,1,1,ia c8,2,4,c9 ck,1,1,cm cl,1,1,cm cn,1,1,cp co,1,1,cp
cq,1,1,cs cr,9,2,cs da,9,2,db dt,1,1,dv du,2,2,dv dy,1,1,b9 dz,1,1,cf e0,k,2,e1 f4,1,1,bi f6,9,2,f7 fu,1,1,8rp
fv,1,1,fw fx,1,1,be fy,1,1,8rq g1,1,1,g2 g3,1,1,ao g4,1,1,i1 g5,1,1,i4 g6,5,2,g7 n9,1,1,qh og,2,2,oh om,1,1,on
ov,1,1,s3 p2,1,1,q4 p4,3,1,q5 p8,1,1,r0 pa,2,1,r1 pd,h,1,q9 pv,9,1,qr qq,1,1,qr r3,1,1,rb r4,1,1,qa r5,1,1,qg
r9,1,1,qu ra,1,1,qo rc,c,2,rd s0,1,1,qi s1,1,1,qp s4,1,1,qg s5,1,1,qd s7,1,1,s8 s9,1,1,s2 sa,1,1,sb sd,3,1,or
sg,g,1,uo sw,w,1,ts v4,h,2,v5 wa,r,2,wb xs,1,1,y7 xt,7,2,xu y8,1c,2,y9 10x,12,1,129 3a8,12,1,8w0 3bb,2,6,8x3
3y0,6,1,3xs 5mo,1,1,tu 5mp,1,1,tw 5mq,1,1,u6 5mr,2,1,u9 5mt,1,1,ua 5mu,1,1,ui 5mv,1,1,v7 5mw,1,1,wuj
5mx,1,1,5my 5n4,17,1,3bk 5od,3,1,3ct 5xc,23,2,5xd 61n,1,1,601 61s,1c,2,61t 64o,8,1,64g 654,6,1,64w 65k,8,1,65c
660,8,1,65s 66g,6,1,668 66x,4,2,66p 67c,8,1,674 69k,2,1,69c 69m,2,1,67k 69q,1,1,qh 6a0,4,1,67m 6ag,2,1,6a8
6ai,2,1,67q 6aw,2,1,6ao 6ay,2,1,67u 6b0,1,1,6at 6bc,2,1,67s 6be,2,1,67w 6jq,1,1,qx 6ju,1,1,2z 6jv,1,1,6d
6k2,1,1,6ku 6lc,g,1,6ls 6mb,1,1,6mc 792,q,1,79s 8ow,1c,1,8q8 8rk,1,1,8rl 8rm,1,1,h7 8rn,1,1,5tp 8ro,1,1,hp
8rr,3,2,8rs 8rx,1,1,gh 8ry,1,1,hd 8rz,1,1,gg 8s0,1,1,gi 8s2,2,3,8s3 8se,2,1,fz 8sg,1e,2,8sh 8vf,2,2,8vg
8vm,2,nym,8vn wua,m,2,wub ww0,e,2,ww1 x0i,7,2,x0j x0y,v,2,x0z x2x,2,2,x2y x31,1,1,5tl x32,5,2,x33 x3f,1,1,x3g
x3h,1,1,h1 x3k,2,2,x3l x3q,a,2,x3r x4a,1,1,h2 x4b,1,1,gs x4c,1,1,gx x4d,1,1,h8 x4e,1,1,h6 x4g,1,1,im
x4h,1,1,hz x4i,1,1,il x4j,1,1,xub x4k,8,2,x4l x50,1,1,x3o x51,1,1,hu x52,1,1,5u6 x53,2,2,x54 x57,1,1,h0
x58,8,2,x59 x5o,1,1,bf x6d,1,1,x6e xv4,28,1,3vk 1ee9,q,1,1ef5 1fcw,14,1,1fe0 1fhs,10,1,1fiw 1fn4,b,1,1fo7
1fng,f,1,1foj 1fnw,7,1,1foz 1fo4,2,1,1fp7 1h1c,1f,1,1h34 1h74,m,1,1h80 1jfk,w,1,1jgg 20cg,w,1,20dc
20f4,p,1,20fv 2olc,y,1,2oma 67>37+37 8g>2x+lj 95>jg+32 ds>2y+lo pc>qh+lk+ld q8>qt+lk+ld 13b>12d+136 61i>2w+mp
61j>38+lk 61k>3b+lm 61l>3d+lm 61m>2p+ji 61q>37+37 66o>qt+lv 66q>qt+lv+lc 66s>qt+lv+ld 66u>qt+lv+n6 680>64g+qh
681>64h+qh 682>64i+qh 683>64j+qh 684>64k+qh 685>64l+qh 686>64m+qh 687>64n+qh 688>64g+qh 689>64h+qh 68a>64i+qh
68b>64j+qh 68c>64k+qh 68d>64l+qh 68e>64m+qh 68f>64n+qh 68g>65c+qh 68h>65d+qh 68i>65e+qh 68j>65f+qh 68k>65g+qh
68l>65h+qh 68m>65i+qh 68n>65j+qh 68o>65c+qh 68p>65d+qh 68q>65e+qh 68r>65f+qh 68s>65g+qh 68t>65h+qh 68u>65i+qh
68v>65j+qh 68w>674+qh 68x>675+qh 68y>676+qh 68z>677+qh 690>678+qh 691>679+qh 692>67a+qh 693>67b+qh 694>674+qh
695>675+qh 696>676+qh 697>677+qh 698>678+qh 699>679+qh 69a>67a+qh 69b>67b+qh 69e>67k+qh 69f>q9+qh 69g>q4+qh
69i>q9+n6 69j>q9+n6+qh 69o>q9+qh 69u>67o+qh 69v>qf+qh 69w>q6+qh 69y>qf+n6 69z>qf+n6+qh 6a4>qf+qh 6aa>qh+lk+lc
6ab>qh+lk+ld 6ae>qh+n6 6af>qh+lk+n6 6aq>qt+lk+lc 6ar>qt+lk+ld 6as>qp+lv 6au>qt+n6 6av>qt+lk+n6 6b6>67w+qh
6b7>qx+qh 6b8>r2+qh 6ba>qx+n6 6bb>qx+n6+qh 6bg>qx+qh 1dkw>2u+2u 1dkx>2u+2x 1dky>2u+30 1dkz>2u+2u+2x
1dl0>2u+2u+30 1dl1>37+38 1dl2>37+38 1dlf>12s+12u 1dlg>12s+12d 1dlh>12s+12j 1dli>132+12u 1dlj>12s+12l`

/** Decomposition mappings of full-width and half-width code points. RFC 8264 §5.2.1. */
export const WIDTH_MAPPING = `
9hc,1,1,w 1edd,2m,1,x 1efz,2,1,879 1eg1,1,1,9he 1eg2,2,1,9ho 1eg4,1,1,9hd 1eg5,1,1,9ob 1eg6,1,1,9o2
1eg7,1,1,9lt 1eg8,1,1,9lv 1eg9,1,1,9lx 1ega,1,1,9lz 1egb,1,1,9m1 1egc,1,1,9nn 1egd,1,1,9np 1ege,1,1,9nr
1egf,1,1,9mr 1egg,1,1,9oc 1egh,1,1,9lu 1egi,1,1,9lw 1egj,1,1,9ly 1egk,1,1,9m0 1egl,2,1,9m2 1egn,1,1,9m5
1ego,1,1,9m7 1egp,1,1,9m9 1egq,1,1,9mb 1egr,1,1,9md 1egs,1,1,9mf 1egt,1,1,9mh 1egu,1,1,9mj 1egv,1,1,9ml
1egw,1,1,9mn 1egx,1,1,9mp 1egy,1,1,9ms 1egz,1,1,9mu 1eh0,1,1,9mw 1eh1,6,1,9my 1eh7,1,1,9n6 1eh8,1,1,9n9
1eh9,1,1,9nc 1eha,1,1,9nf 1ehb,5,1,9ni 1ehg,1,1,9no 1ehh,1,1,9nq 1ehi,6,1,9ns 1eho,1,1,9nz 1ehp,1,1,9o3
1ehq,2,1,9ll 1ehs,1,1,9r8 1eht,u,1,9pt 1eiq,6,1,9qn 1eiy,6,1,9qt 1ej6,6,1,9qz 1eje,3,1,9r5 1ejk,2,1,4i
1ejm,1,1,4s 1ejn,1,1,4v 1ejo,1,1,4m 1ejp,1,1,4l 1ejq,1,1,6g9 1ejs,1,1,7b6 1ejt,4,1,6mo 1ejx,1,1,7fk
1ejy,1,1,7gr`
